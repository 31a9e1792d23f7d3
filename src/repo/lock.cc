#include "repo/lock.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "repo/file_time.h"

namespace salvor::repo {
namespace {

constexpr std::int64_t kStaleSeconds = 30 * 60;
constexpr std::chrono::milliseconds kAgain{1000};
constexpr int kLooks = 5;
constexpr JsonLimits kLimits{.bytes = 64 << 10, .depth = 10};

struct OtherLock {
  Id id;
  Json json;

  bool is_exclusive() const { return member(json, "exclusive") == true; }
  std::string describe() const {
    return text_at(json, "username") + " on " + text_at(json, "hostname") + " since " +
           text_at(json, "time");
  }
  bool is_stale(EpochSeconds now, const LockOwner& we) const {
    const auto time = parse_file_time(text_at(json, "time"));
    if (time && now - time->seconds > kStaleSeconds) return true;
    const Json& pid = member(json, "pid");
    if (text_at(json, "hostname") != we.hostname || !pid.is_number_integer()) return false;
    return ::kill(pid.get<pid_t>(), 0) != 0 && errno == ESRCH;
  }
};

std::string lock_json(LockKind kind, const LockOwner& owner, EpochSeconds now) {
  return compact({{"time", to_text(FileTime{now, 0})},
                  {"exclusive", kind == LockKind::exclusive},
                  {"hostname", owner.hostname},
                  {"username", owner.username},
                  {"pid", ::getpid()},
                  {"uid", ::getuid()},
                  {"gid", ::getgid()}});
}

struct OtherLocks {
  std::vector<OtherLock> locks;
  bool is_all = true;  // false: some vanished while they were read
};

// All but ours.
Result<OtherLocks> look(Context& context, const Repository& repository,
                        const std::optional<Id>& ours) {
  OtherLocks found;
  TRY(const auto files, repository.list(context, FileKind::lock));
  for (const StoredFile& file : files) {
    if (file.size_bytes == 0 || file.id == ours) continue;  // an empty one is nobody's
    auto text = repository.load(context, FileKind::lock, file.id);
    if (!text.ok() && text.error().code == ErrorCode::not_found) {
      found.is_all = false;
      continue;
    }
    if (!text.ok()) return std::move(text).error().within("reading lock " + file.id.brief());
    TRY(Json json, parse_json(*text, kLimits));
    found.locks.push_back({file.id, std::move(json)});
  }
  return found;
}

// One that vanishes was given back, or its holder has just written it anew under another name: who
// does not look again would not see it. What vanishes at every look was not kept by anybody.
Result<std::vector<OtherLock>> others(Context& context, const Repository& repository,
                                      const std::optional<Id>& ours) {
  for (int left = kLooks;; --left) {
    TRY(OtherLocks found, look(context, repository, ours));
    if (found.is_all || left == 1) return std::move(found.locks);
  }
}

// The first that is in our way, once those of the dead are gone.
Result<std::optional<OtherLock>> obstacle(Context& context, const Repository& repository,
                                          LockKind kind, const LockOwner& owner,
                                          const std::optional<Id>& ours) {
  TRY(const auto locks, others(context, repository, ours));
  for (const OtherLock& lock : locks) {
    if (lock.is_stale(context.clock.wall_seconds(), owner)) {
      TRY_VOID(repository.remove(context, FileKind::lock, lock.id));
    } else if (kind == LockKind::exclusive || lock.is_exclusive()) {
      return std::optional(lock);
    }
  }
  return std::optional<OtherLock>();
}

Error in_use(const OtherLock& lock) {
  return error(ErrorCode::conflict, "the repository is in use by " + lock.describe())
      .with_hint("wait until that ends; restic unlock removes the locks of programs that are gone");
}

}  // namespace

LockOwner this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const passwd* const user = ::getpwuid(::getuid());
  return {host.data(), user != nullptr ? user->pw_name : std::to_string(::getuid())};
}

struct Lock::State {
  State(Context& from, const Repository& of, LockKind how, LockOwner who, LockTiming when)
      : outer(from),
        context(from.stopped_by(stop.get_token())),
        repository(of),
        kind(how),
        owner(std::move(who)),
        timing(when),
        relay(from.stop, [this] { stop.request_stop(); }) {}

  Result<void> write(Context& within) {
    const SteadyTime begin = outer.clock.steady();  // others count from the time that is in it
    TRY(const Id made, repository.save(within, FileKind::lock,
                                       lock_json(kind, owner, outer.clock.wall_seconds())));
    written = begin;
    const std::optional<Id> old = std::exchange(id, made);
    return old ? repository.remove(within, FileKind::lock, *old) : Result<void>();
  }

  // Writes ours, and looks once more: another may have done the same at the same time.
  Result<void> claim() {
    TRY(auto before, obstacle(outer, repository, kind, owner, id));
    if (before) return in_use(*before);
    TRY_VOID(write(outer));
    TRY_VOID(outer.wait(timing.settle));
    TRY(auto after, obstacle(outer, repository, kind, owner, id));
    if (!after) return {};
    give_back();
    return in_use(*after);
  }

  void give_back() {
    // Also after a stop: what is left blocks others for half an hour.
    Context last = outer.stopped_by({}).within(std::chrono::seconds(10));
    last.deadline = last.clock.steady() + std::chrono::seconds(10);
    if (id) (void)repository.remove(last, FileKind::lock, *id).ok();
    id.reset();
  }

  void keep(const std::stop_token& done) {
    SteadyTime next = written + timing.refresh;  // to take it may have taken long
    for (; outer.clock.wait_until(next, done); next = outer.clock.steady() + timing.refresh) {
      // A store that does not answer must not hold up the end.
      const SteadyTime lost_at = written + timing.lost;
      Context until_lost = outer.within(lost_at - outer.clock.steady());
      if (!write(until_lost).ok() && outer.clock.steady() >= lost_at) {
        stop.request_stop();
        return;
      }
    }
  }

  Context outer;
  std::stop_source stop;
  Context context;
  const Repository& repository;
  const LockKind kind;
  const LockOwner owner;
  const LockTiming timing;
  std::optional<Id> id;
  SteadyTime written{};
  std::stop_callback<std::function<void()>> relay;
  std::jthread keeper;  // last: it uses the members above
};

Result<Lock> Lock::acquire(Context& context, const Repository& repository, LockKind kind,
                           const LockOwner& owner, const LockTiming& timing) {
  auto state = std::make_unique<State>(context, repository, kind, owner, timing);
  const SteadyTime give_up_at = context.clock.steady() + timing.most;
  while (true) {
    auto claimed = state->claim();
    if (claimed.ok()) break;
    const bool may_end = claimed.error().code == ErrorCode::conflict;
    if (!may_end || context.clock.steady() >= give_up_at) {
      state->give_back();
      return std::move(claimed).error();
    }
    TRY_VOID(context.wait(kAgain));
  }
  state->keeper = std::jthread([of = state.get()](const std::stop_token& done) { of->keep(done); });
  return Lock(std::move(state));
}

Lock::Lock(std::unique_ptr<State> state) : state_(std::move(state)) {}
Lock::Lock(Lock&&) noexcept = default;

Lock::~Lock() {
  if (!state_) return;
  state_->keeper = {};
  state_->give_back();
}

Context& Lock::context() { return state_->context; }

}  // namespace salvor::repo
