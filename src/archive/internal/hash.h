// SHA-256 of a stream. OpenSSL's, which uses the processor's instructions for it: the hash of a
// backup is taken while it is written and must not slow it down.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace salvor::archive::internal {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // The 64 hex digits. Nothing may be updated after it.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace salvor::archive::internal
