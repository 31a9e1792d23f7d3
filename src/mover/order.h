// What a mover is told to do: a JSON document that its server writes. docs/mover.md describes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace salvor::mover {

enum class Operation { save, restore };

// Holds secrets: password, access key, secret key and token are never in a log or an error.
struct RepositoryAccess {
  std::string location{};  // as objectstore::open_store takes it
  std::string password{};
  std::string region{};
  std::string access_key{};
  std::string secret_key{};
  std::string session_token{};
  std::string ca_pem{};
  bool path_style = true;  // the bucket's name stands in the path; else before the host's
  bool insecure_skip_verify = false;
  bool create = false;  // makes the repository when there is none; only to save
};

struct SaveOrder {
  std::string host{};
  std::string path{};  // "/namespace/claim"
  std::vector<std::string> tags{};
  std::string parent{};  // a snapshot's whole id; empty: the newest of that host and path
};

struct RestoreOrder {
  std::string snapshot{};  // whole id
};

// 0: none; of threads: as many as are usual.
struct Limits {
  std::uint64_t upload_bytes_per_second = 0;
  std::uint64_t download_bytes_per_second = 0;
  std::uint64_t threads = 0;
};

struct Order {
  Operation operation = Operation::save;
  std::string folder{};
  RepositoryAccess repository{};
  SaveOrder save{};
  RestoreOrder restore{};
  Limits limits{};
};

inline constexpr std::size_t kOrderBytesMax = 256 << 10;

// Fails with invalid, naming the field; never with its value, which may be a secret.
Result<Order> parse_order(std::string_view text);

}  // namespace salvor::mover
