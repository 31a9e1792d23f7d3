// How the server reaches an object store: what its document says, with its keys opened.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/seal.h"

namespace salvor::server {

// Keys and token are secrets: never in a log or an error.
struct ObjectStoreAccess {
  std::string endpoint{};  // "https://s3.example.com:9000": with its scheme, without a slash
  std::string bucket{};
  std::string prefix{};  // without slashes around it; empty: the whole bucket
  std::string region{};  // empty: the server's own
  std::string access_key{};
  std::string secret_key{};
  std::string session_token{};  // empty: none
  std::string ca_pem{};         // empty: the system's certificate authorities
  bool path_style = true;
  bool insecure_skip_verify = false;
  bool is_locked = false;  // what is copied into it is locked until its retention ends
};

// `document` is an objectstores document as it is stored. Fails with invalid when it lacks what an
// S3 server needs, and with corrupt when its keys were sealed with another key or are not sealed.
Result<ObjectStoreAccess> object_store_access(const Json& document, const Sealer& sealer);

}  // namespace salvor::server
