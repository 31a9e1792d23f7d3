#include "volume/marked_objects.h"

#include <nlohmann/json.hpp>

#include "kube/retried.h"

namespace salvor::volume {

Result<Json> ensure(Context& context, kube::Api& api, const kube::ResourceType& type,
                    const Json& object, const Mark& mark) {
  const kube::ObjectKey key = key_of(object);
  const std::string name = type.kind + " " + key.name;
  const std::string body = compact(object);
  auto made = kube::insisted(
      context, [&] { return api.create(context, type, key.namespace_name, body, {}); });
  if (made.ok() || made.error().code != ErrorCode::conflict) {
    return std::move(made).within("making " + name);
  }
  TRY(Json there, kube::retried(context, [&] {
                    return api.get(context, type, key);
                  }).within("reading " + name));
  const Json& labels = member(member(there, "metadata"), "labels");
  if (text_at(labels, mark.label()) == mark.id) return there;
  return error(ErrorCode::conflict, name + " is there already and is not ours")
      .with_hint("delete or rename it, then try again");
}

Result<void> drop(Context& context, kube::Api& api, const kube::ResourceType& type,
                  const kube::ObjectKey& key) {
  auto removed = kube::insisted(context, [&] { return api.remove(context, type, key, {}); });
  if (removed.ok() || removed.error().code == ErrorCode::not_found) return {};
  return std::move(removed).within("removing " + type.kind + " " + key.name);
}

kube::ObjectKey key_of(const Json& object) {
  const Json& metadata = member(object, "metadata");
  return {text_at(metadata, "namespace"), text_at(metadata, "name")};
}

}  // namespace salvor::volume
