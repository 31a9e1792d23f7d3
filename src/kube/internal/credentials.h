// Who we are to a cluster, kept fresh: tokens that never change, tokens in files, and exec plugins.
#pragma once

#include <memory>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "kube/cluster_access.h"

namespace salvor::kube {

// What goes with a request. Parts that are not used are "".
struct Credential {
  std::string token;
  std::string certificate_pem;  // from an exec plugin; a kubeconfig's own are in ClientTls
  std::string key_pem;
  bool operator==(const Credential&) const = default;
};

// Any thread may call.
class Credentials {
 public:
  virtual ~Credentials() = default;
  // The credential for the next request, made anew when it has run out. Fails with denied or
  // not_found when there is none to be had.
  virtual Result<Credential> current(Context& context) = 0;
  // The cluster answered 401 to this one: the next current() must not give it again from a cache.
  virtual void reject(const Credential& credential) = 0;
};

std::unique_ptr<Credentials> make_credentials(const ClusterAccess& access);

}  // namespace salvor::kube
