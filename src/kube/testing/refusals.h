// The refusals of a Kubernetes API server in its own words, for the fake.
#pragma once

#include <string>

#include "base/result.h"
#include "kube/api.h"

namespace salvor::kube {

Error not_served();                                                       // 404 for an unknown kind
Error not_found(const ResourceType& type, const std::string& name);       // 404
Error already_exists(const ResourceType& type, const std::string& name);  // 409
Error changed(const ResourceType& type, const std::string& name, const std::string& why);    // 409
Error forbidden(const ResourceType& type, const std::string& name, const std::string& why);  // 403
Error unacceptable(const ResourceType& type, const std::string& name,
                   const std::string& why);  // 422
Error bad_request(const std::string& why);   // 400
Error expired(const std::string& why);       // 410

}  // namespace salvor::kube
