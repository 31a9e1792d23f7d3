#include "kube/internal/urls.h"

#include "http/message.h"

namespace salvor::kube {

std::string collection_path(const ResourceType& type, const std::string& namespace_name) {
  std::string path = type.group.empty() ? "/api/" : "/apis/" + http::url_encode(type.group) + "/";
  path += http::url_encode(type.version) + "/";
  if (type.namespaced && !namespace_name.empty()) {
    path += "namespaces/" + http::url_encode(namespace_name) + "/";
  }
  return path + http::url_encode(type.resource);
}

std::string object_path(const ResourceType& type, const ObjectKey& key) {
  return collection_path(type, key.namespace_name) + "/" + http::url_encode(key.name);
}

std::string target(const std::string& path, const Query& query) {
  std::string text = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    text += separator + name + "=" + http::url_encode(value);
    separator = '&';
  }
  return text;
}

}  // namespace salvor::kube
