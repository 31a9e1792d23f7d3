#include "volume/listing.h"

#include <nlohmann/json.hpp>

#include "kube/retried.h"

namespace salvor::volume {

Result<std::vector<Json>> list_all(Context& context, kube::Api& api, const kube::ResourceType& type,
                                   kube::ListOptions options) {
  std::vector<Json> objects;
  do {
    TRY(const kube::ListPage page, kube::retried(context, [&] {
                                     return api.list(context, type, options);
                                   }).within("listing " + type.group_resource()));
    for (const std::string& item : page.items) {
      TRY(Json object, parse_json(item));
      objects.push_back(std::move(object));
    }
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  return objects;
}

}  // namespace salvor::volume
