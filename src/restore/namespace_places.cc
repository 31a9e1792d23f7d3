#include "restore/namespace_places.h"

#include <array>
#include <vector>

#include "restore/kind_list.h"
#include "restore/references.h"

namespace salvor::restore {
namespace {

constexpr const char* kNameLabel = "kubernetes.io/metadata.name";
constexpr std::string_view kInPodSpecs = "pods";
constexpr std::string_view kRoutes =
    "httproutes.gateway.networking.k8s.io grpcroutes.gateway.networking.k8s.io "
    "tcproutes.gateway.networking.k8s.io tlsroutes.gateway.networking.k8s.io "
    "udproutes.gateway.networking.k8s.io";

using enum NameForm;

// Sources: the API references of Kubernetes, of the Gateway API, of cert-manager (CA injector), of
// Helm ("meta.helm.sh" since 3.2), of Flux, of ingress-nginx and of the Prometheus operator.
constexpr auto kPlaces = std::to_array<NamespacePlace>({
    {"*", "/metadata/annotations/meta.helm.sh~1release-namespace"},
    {"*", "/metadata/annotations/cert-manager.io~1inject-ca-from", of_object},
    {"*", "/metadata/annotations/cert-manager.io~1inject-ca-from-secret", of_object},
    {"*", "/metadata/labels/kustomize.toolkit.fluxcd.io~1namespace"},
    {"*", "/metadata/labels/helm.toolkit.fluxcd.io~1namespace"},
    {"ingresses.networking.k8s.io",
     "/metadata/annotations/nginx.ingress.kubernetes.io~1auth-secret", of_object},
    {"ingresses.networking.k8s.io",
     "/metadata/annotations/nginx.ingress.kubernetes.io~1auth-tls-secret", of_object},
    {"ingresses.networking.k8s.io",
     "/metadata/annotations/nginx.ingress.kubernetes.io~1proxy-ssl-secret", of_object},
    {kInPodSpecs,
     "/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/*/namespaces/*"},
    {kInPodSpecs,
     "/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/*/namespaces/*"},
    {kInPodSpecs,
     "/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm/"
     "namespaces/*"},
    {kInPodSpecs,
     "/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm/"
     "namespaces/*"},
    {kInPodSpecs,
     "/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/*/namespaceSelector",
     selector},
    {kInPodSpecs,
     "/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/*/namespaceSelector",
     selector},
    {kInPodSpecs,
     "/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm/"
     "namespaceSelector",
     selector},
    {kInPodSpecs,
     "/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm/"
     "namespaceSelector",
     selector},
    {"networkpolicies.networking.k8s.io", "/spec/ingress/*/from/*/namespaceSelector", selector},
    {"networkpolicies.networking.k8s.io", "/spec/egress/*/to/*/namespaceSelector", selector},
    {"persistentvolumes", "/spec/csi/controllerPublishSecretRef/namespace"},
    {"persistentvolumes", "/spec/csi/nodePublishSecretRef/namespace"},
    {"persistentvolumes", "/spec/csi/nodeStageSecretRef/namespace"},
    {"persistentvolumes", "/spec/csi/controllerExpandSecretRef/namespace"},
    {"persistentvolumes", "/spec/csi/nodeExpandSecretRef/namespace"},
    {"storageclasses.storage.k8s.io",
     "/parameters/csi.storage.k8s.io~1provisioner-secret-namespace"},
    {"storageclasses.storage.k8s.io",
     "/parameters/csi.storage.k8s.io~1node-stage-secret-namespace"},
    {"storageclasses.storage.k8s.io",
     "/parameters/csi.storage.k8s.io~1node-publish-secret-namespace"},
    {"storageclasses.storage.k8s.io",
     "/parameters/csi.storage.k8s.io~1controller-publish-secret-namespace"},
    {"storageclasses.storage.k8s.io",
     "/parameters/csi.storage.k8s.io~1controller-expand-secret-namespace"},
    {"ingressclasses.networking.k8s.io", "/spec/parameters/namespace"},
    {"apiservices.apiregistration.k8s.io", "/spec/service/namespace"},
    {"customresourcedefinitions.apiextensions.k8s.io",
     "/spec/conversion/webhook/clientConfig/service/namespace"},
    {"mutatingwebhookconfigurations.admissionregistration.k8s.io "
     "validatingwebhookconfigurations.admissionregistration.k8s.io",
     "/webhooks/*/clientConfig/service/namespace"},
    {"mutatingwebhookconfigurations.admissionregistration.k8s.io "
     "validatingwebhookconfigurations.admissionregistration.k8s.io",
     "/webhooks/*/namespaceSelector", selector},
    {"validatingadmissionpolicies.admissionregistration.k8s.io "
     "mutatingadmissionpolicies.admissionregistration.k8s.io",
     "/spec/matchConstraints/namespaceSelector", selector},
    {"validatingadmissionpolicybindings.admissionregistration.k8s.io "
     "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
     "/spec/matchResources/namespaceSelector", selector},
    {"validatingadmissionpolicybindings.admissionregistration.k8s.io "
     "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
     "/spec/paramRef/namespace"},
    {kRoutes, "/spec/parentRefs/*/namespace"},
    {kRoutes, "/spec/rules/*/backendRefs/*/namespace"},
    {kRoutes, "/spec/rules/*/filters/*/requestMirror/backendRef/namespace"},
    {"gateways.gateway.networking.k8s.io", "/spec/listeners/*/tls/certificateRefs/*/namespace"},
    {"gateways.gateway.networking.k8s.io", "/spec/listeners/*/allowedRoutes/namespaces/selector",
     selector},
    {"referencegrants.gateway.networking.k8s.io", "/spec/from/*/namespace"},
    {"servicemonitors.monitoring.coreos.com podmonitors.monitoring.coreos.com",
     "/spec/namespaceSelector/matchNames/*"},
    {"persistentvolumeclaims", "/spec/dataSourceRef/namespace"},
});

std::string unescaped(std::string_view token) {
  std::string text(token);
  for (std::size_t at = 0; (at = text.find("~1", at)) != std::string::npos;)
    text.replace(at, 2, "/");
  return text;
}

void map_name(Json& value, const NamespaceMap& namespaces) {
  if (value.is_string()) value = namespaces.target_of(value.get_ref<const std::string&>());
}

void map_value(Json& value, NameForm form, const NamespaceMap& namespaces) {
  switch (form) {
    case name:
      map_name(value, namespaces);
      return;
    case selector:
      map_namespace_selector(value, namespaces);
      return;
    case of_object: {
      if (!value.is_string()) return;
      const std::string text = value;
      const std::size_t slash = text.find('/');
      if (slash != std::string::npos)
        value = namespaces.target_of(text.substr(0, slash)) + text.substr(slash);
      return;
    }
  }
}

// `path` begins with '/', or is at its end.
void map_at(Json& value, std::string_view path, NameForm form, const NamespaceMap& namespaces) {
  if (path.empty()) {
    map_value(value, form, namespaces);
    return;
  }
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view token = path.substr(1, end - 1);
  const std::string_view rest = path.substr(end);
  if (token == "*") {
    if (!value.is_array()) return;
    for (Json& entry : value) map_at(entry, rest, form, namespaces);
    return;
  }
  if (!value.is_object()) return;
  const auto found = value.find(unescaped(token));
  if (found != value.end()) map_at(*found, rest, form, namespaces);
}

}  // namespace

std::span<const NamespacePlace> namespace_places() { return kPlaces; }

void map_namespace_selector(Json& selector_value, const NamespaceMap& namespaces) {
  if (!selector_value.is_object()) return;
  map_at(selector_value, "/matchLabels/kubernetes.io~1metadata.name", name, namespaces);
  const auto expressions = selector_value.find("matchExpressions");
  if (expressions == selector_value.end() || !expressions->is_array()) return;
  for (Json& expression : *expressions) {
    if (text_at(expression, "key") == kNameLabel) map_at(expression, "/values/*", name, namespaces);
  }
}

void map_places(Json& object, const std::string& group_resource, const NamespaceMap& namespaces) {
  if (namespaces.is_identity()) return;
  for (const NamespacePlace& place : kPlaces) {
    if (place.kinds == kInPodSpecs) {
      for (const std::string_view path : pod_spec_paths()) {
        map_at(object, std::string(path) + std::string(place.path), place.form, namespaces);
      }
    } else if (names_kind(place.kinds, group_resource)) {
      map_at(object, place.path, place.form, namespaces);
    }
  }
}

}  // namespace salvor::restore
