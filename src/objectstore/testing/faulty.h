// A store that goes wrong as scripted, around any other store. A fault that never fires fails the
// test that scripted it: a test of a fault which did not happen proves nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "objectstore/store.h"

namespace salvor::objectstore::testing {

// Where a fault can strike. `any` counts every call of every kind.
enum class Operation { put, write, finish, get, read, stat, lock, list, remove, clean, any };

enum class Effect {
  fail,       // unavailable, and nothing was done
  disk_full,  // exhausted, and nothing was done
  lost,       // unknown to the caller: it was done, and unavailable comes back
  stall,      // waits until the context is stopped or its deadline passes
  corrupt,    // get, read: the byte at `at_byte` arrives changed, and nothing tells
  cut,        // get: ends early with corrupt after `at_byte` bytes
  die,        // the process dies here: nothing more is done, no upload cleans up after itself
};

struct Fault {
  Operation operation = Operation::any;
  Effect effect = Effect::fail;
  std::string name_contains = {};  // only objects whose name contains it
  unsigned after = 0;              // calls that pass first
  // For write and read: only the call that brings this byte of the object. For get: the byte that
  // is changed or before which the read ends; the first when not given.
  std::optional<std::uint64_t> at_byte = {};
};

class FaultyStore final : public Store {
 public:
  explicit FaultyStore(Store& inner) : inner_(inner) {}
  // Fails the running test for each fault that never fired.
  ~FaultyStore() override;

  void script(Fault fault);
  // How many calls reached the store, for loops that let each of them fail in turn.
  unsigned calls() const { return calls_; }
  unsigned fired() const;
  // The process dies now, for another reason than a call to this store.
  void kill() { dead_ = true; }
  bool is_dead() const { return dead_; }

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override;
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override;
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override;
  Result<ObjectInfo> stat(Context& context, const std::string& name) override;
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override;
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override;
  Result<void> remove(Context& context, const std::string& name) override;
  Result<void> clean(Context& context) override;

 private:
  friend class FaultyUpload;
  static constexpr std::uint64_t kNoByte = std::numeric_limits<std::uint64_t>::max();
  struct Scripted {
    Fault fault;
    unsigned seen = 0;
    bool fired = false;
  };
  // What a call is to suffer; `effect` counts only when struck.
  struct Strike {
    bool struck = false;
    Effect effect = Effect::fail;
    std::uint64_t at_byte = 0;
  };
  // `begin` and `end` are the bytes of the object that the call carries.
  Strike strike(Operation operation, const std::string& name, std::uint64_t begin = 0,
                std::uint64_t end = kNoByte);
  // Runs `act` as the strike allows.
  template <typename T, typename Act>
  Result<T> under(Context& context, const Strike& strike, const Act& act);
  Result<void> stall(Context& context);
  static Error failure_of(Effect effect);

  Store& inner_;
  std::atomic<unsigned> calls_ = 0;
  std::atomic<bool> dead_ = false;
  mutable std::mutex mutex_;
  std::vector<Scripted> faults_;
  // Uploads of the dead process: a killed one runs no destructors, so they are kept, and what they
  // would have removed stays to be found.
  std::vector<std::unique_ptr<Upload>> graveyard_;
};

}  // namespace salvor::objectstore::testing
