// Locks: files that tell every program that uses a repository what must not happen meanwhile. Who
// only adds or reads shares it; who removes has it alone.
// Source: restic's doc/design.rst, "Locks", and internal/repository/lock.go.
#pragma once

#include <memory>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "repo/repository.h"

namespace salvor::repo {

enum class LockKind { shared, exclusive };

// Whose lock it is, as other programs' users are told. The same hostname must not be used by two
// machines or pods: a lock of a process that is gone from its host counts for nothing.
struct LockOwner {
  std::string hostname;
  std::string username;
};
LockOwner this_process();

// How long to wait for others, and how a lock is kept.
struct LockTiming {
  Duration most{0};  // for others to end; 0: fail at once
  Duration refresh{std::chrono::minutes(5)};
  Duration lost{std::chrono::seconds(1350)};  // without a refresh it is ours no more
  Duration settle{std::chrono::milliseconds(200)};
};

// Held from acquire() until it goes. Kept fresh by a thread of its own.
class Lock {
 public:
  // Fails with conflict, naming the holder, when others do not end in time. Locks of processes that
  // are gone, or older than half an hour, are removed.
  static Result<Lock> acquire(Context& context, const Repository& repository, LockKind kind,
                              const LockOwner& owner, const LockTiming& timing = {});
  ~Lock();
  Lock(Lock&&) noexcept;
  Lock& operator=(Lock&&) = delete;

  // For all work under the lock: stopped when the caller's is, or when the lock cannot be kept.
  Context& context();

 private:
  struct State;
  explicit Lock(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace salvor::repo
