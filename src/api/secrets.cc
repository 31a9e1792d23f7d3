#include "api/secrets.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace salvor::api {
namespace {

Json::json_pointer pointer_to(std::string path) {
  std::replace(path.begin(), path.end(), '.', '/');
  return Json::json_pointer("/" + path);
}

}  // namespace

void seal_secrets(const schema::Resource& resource, const Sealer& sealer, Json& document,
                  const Json* stored) {
  for (const std::string& path : schema::write_only_paths(resource)) {
    const Json::json_pointer pointer = pointer_to(path);
    if (!document.contains(pointer) || !document[pointer].is_string()) continue;
    Json& secret = document[pointer];
    if (stored && stored->contains(pointer) && (*stored)[pointer] == secret) continue;
    secret = sealer.seal(secret.get_ref<const std::string&>());
  }
}

}  // namespace salvor::api
