#include "restore/backend.h"

#include <algorithm>

namespace salvor::restore {
namespace {

// Conditions that are not there count as true, says the API:
// https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
bool has_ready_endpoint(const Json& slice) {
  const Json& endpoints = member(slice, "endpoints");
  if (!endpoints.is_array()) return false;
  return std::any_of(endpoints.begin(), endpoints.end(), [](const Json& endpoint) {
    return member(member(endpoint, "conditions"), "ready") != false;
  });
}

}  // namespace

Result<std::optional<std::string>> missing_backend(Context& context, kube::Api& api,
                                                   const Json& object) {
  static const kube::ResourceType slices = {"discovery.k8s.io", "v1", "endpointslices",
                                            "EndpointSlice",    true, {}};
  const Json& service = member(member(object, "spec"), "service");
  if (!service.is_object()) return std::optional<std::string>();
  const std::string space = text_at(service, "namespace");
  const std::string name = text_at(service, "name");
  kube::ListOptions options;
  options.namespace_name = space;
  options.label_selector = "kubernetes.io/service-name=" + name;
  TRY(const kube::ListPage page, api.list(context, slices, options));
  for (const std::string& text : page.items) {
    TRY(const Json slice, parse_json(text));
    if (has_ready_endpoint(slice)) return std::optional<std::string>();
  }
  return std::optional(space + "/" + name);
}

}  // namespace salvor::restore
