#include "kube/testing/refusals.h"

#include "kube/status.h"

namespace salvor::kube {
namespace {

// Not what callers see for a lost write: the fake refuses before it acts, so nothing is open.
Error refusal(int code, const char* reason, std::string message) {
  return to_error({.code = code, .reason = reason, .message = std::move(message)}, Access::read);
}

std::string named(const ResourceType& type, const std::string& name) {
  return type.group_resource() + " \"" + name + "\"";
}

}  // namespace

Error not_served() {
  return refusal(404, "NotFound", "the server could not find the requested resource");
}

Error not_found(const ResourceType& type, const std::string& name) {
  return refusal(404, "NotFound", named(type, name) + " not found");
}

Error already_exists(const ResourceType& type, const std::string& name) {
  return refusal(409, "AlreadyExists", named(type, name) + " already exists");
}

Error changed(const ResourceType& type, const std::string& name, const std::string& why) {
  return refusal(409, "Conflict",
                 "Operation cannot be fulfilled on " + named(type, name) + ": " + why);
}

Error forbidden(const ResourceType& type, const std::string& name, const std::string& why) {
  return refusal(403, "Forbidden", named(type, name) + " is forbidden: " + why);
}

Error unacceptable(const ResourceType& type, const std::string& name, const std::string& why) {
  const std::string kind = type.group.empty() ? type.kind : type.kind + "." + type.group;
  return refusal(422, "Invalid", kind + " \"" + name + "\" is invalid: " + why);
}

Error bad_request(const std::string& why) { return refusal(400, "BadRequest", why); }

Error expired(const std::string& why) { return refusal(410, kReasonExpired, why); }

}  // namespace salvor::kube
