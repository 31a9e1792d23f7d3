#include "restore/field_managers.h"

#include <algorithm>
#include <array>

namespace salvor::restore {
namespace {

// They bind, scale, number and mark what others have made.
constexpr std::array<std::string_view, 5> kControlPlane = {"kube-controller-manager",
                                                           "kube-scheduler", "kube-apiserver",
                                                           "cloud-controller-manager", "kubelet"};

const Json& managed_fields(const Json& object) {
  static const Json none = Json::array();
  const Json& fields = member(member(object, "metadata"), "managedFields");
  return fields.is_array() ? fields : none;
}

// Of two resource versions, which grow. False for what is none.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
bool is_later(const std::string& version, const std::string& since) {
  const auto is_number = [](const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!is_number(version) || !is_number(since)) return false;
  if (version.size() != since.size()) return version.size() > since.size();
  return version > since;
}

}  // namespace

std::string uid_of(const Json& object) { return text_at(member(object, "metadata"), "uid"); }

bool is_managed_by(const Json& object, const std::string& manager) {
  const Json& fields = managed_fields(object);
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Json& entry) { return text_at(entry, "manager") == manager; });
}

bool says_nothing(const Json& object) {
  const auto is_known = [](const std::string& name, std::initializer_list<const char*> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& [name, value] : object.items()) {
    if (!is_known(name, {"apiVersion", "kind", "metadata", "status"}) && !value.empty())
      return false;
  }
  for (const auto& [name, value] : member(object, "metadata").items()) {
    const bool is_servers =
        is_known(name, {"name", "namespace", "uid", "resourceVersion", "creationTimestamp",
                        "generation", "managedFields", "selfLink",
                        // A restore may leave these out, or add them later.
                        "ownerReferences", "finalizers"});
    if (!is_servers && !value.empty()) return false;
  }
  return true;
}

bool is_made_by(const Json& live, const std::string& manager, const Json& wanted,
                const std::string& since) {
  if (is_managed_by(live, manager)) return true;
  if (!managed_fields(live).empty() || !says_nothing(live) || !says_nothing(wanted)) return false;
  return is_later(text_at(member(live, "metadata"), "resourceVersion"), since);
}

std::vector<std::string> foreign_writers(const Json& object, const std::string& manager) {
  std::vector<std::string> writers;
  for (const Json& entry : managed_fields(object)) {
    const std::string name = text_at(entry, "manager");
    const bool is_ours = name.starts_with(manager);
    const bool is_status = !text_at(entry, "subresource").empty();
    const bool is_control_plane =
        std::find(kControlPlane.begin(), kControlPlane.end(), name) != kControlPlane.end();
    if (!is_ours && !is_status && !is_control_plane) writers.push_back(name);
  }
  return writers;
}

}  // namespace salvor::restore
