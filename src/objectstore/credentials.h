// Who a bucket's server takes us for.
#pragma once

#include <string>

namespace salvor::objectstore {

// Secrets: never in a log or an error.
struct Credentials {
  std::string access_key{};
  std::string secret_key{};
  std::string session_token{};  // empty: none
};

}  // namespace salvor::objectstore
