// How a bucket of an S3 server is reached.
#pragma once

#include <cstdint>
#include <string>

#include "objectstore/credentials.h"

namespace salvor::objectstore {

// Where a bucket's name stands: before the host's (https://bucket.host/key) or in the path
// (https://host/bucket/key). Automatic: before the host's at Amazon, in the path elsewhere.
enum class Addressing { automatic, path, virtual_host };

struct S3Options {
  std::string endpoint{};  // "https://s3.example.com:9000", without a path
  std::string bucket{};
  std::string prefix{};  // of all objects: "backups/web", without slashes around it; empty: none
  std::string region{};  // empty: us-east-1, until the server names another
  Addressing addressing = Addressing::automatic;
  Credentials credentials{};
  std::string ca_pem{};  // empty: the system's certificate authorities
  bool insecure_skip_verify = false;
  std::string proxy_url{};  // empty: none
  // The first part of a large upload; later ones grow (see part_size.h). Smaller objects are one
  // request. At least 5 MiB, which is S3's limit.
  std::uint64_t part_bytes = std::uint64_t{32} << 20;
};

}  // namespace salvor::objectstore
