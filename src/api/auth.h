// Who is calling: API keys looked up by their hash, remembered for a short while.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/context.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "http/message.h"

namespace salvor::api {

struct Caller {
  std::string key_id;
  bool is_admin = false;
};

// Any thread may call. What the catalog said of a key is remembered for kRememberedFor, so that
// another process's change is seen at the latest then; forget() makes this process's own changes
// count at once.
class Auth {
 public:
  static constexpr std::chrono::seconds kRememberedFor{5};

  // The catalog must outlive this.
  explicit Auth(catalog::Catalog& catalog) : catalog_(catalog) {}

  // Fails with a 401 refusal, or as the catalog does.
  Result<Caller> admit(Context& context, const http::Headers& headers);
  // Must be called after every change of `apikeys`.
  void forget();

 private:
  struct Remembered {
    Caller caller;
    SteadyTime until;
  };
  // What is remembered of a key, or since which forget() nothing is.
  struct Recall {
    std::optional<Caller> caller;
    std::uint64_t generation = 0;
  };

  Recall recall(const std::string& hash, SteadyTime now);
  void remember(const std::string& hash, Remembered what, std::uint64_t generation);

  catalog::Catalog& catalog_;
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;
  std::uint64_t generation_ = 0;  // of forget(): an answer read before it must not be remembered
};

}  // namespace salvor::api
