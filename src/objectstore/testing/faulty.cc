#include "objectstore/testing/faulty.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace salvor::objectstore::testing {

class FaultyUpload final : public Upload {
 public:
  FaultyUpload(FaultyStore& store, std::unique_ptr<Upload> inner, std::string name)
      : store_(store), inner_(std::move(inner)), name_(std::move(name)) {}
  ~FaultyUpload() override {
    if (!store_.dead_) return;
    const std::lock_guard lock(store_.mutex_);
    store_.graveyard_.push_back(std::move(inner_));
  }
  Result<void> write(Context& context, const std::string& bytes) override {
    // Made again after it was done and reported lost: no byte is taken twice.
    if (std::exchange(is_write_lost_, false)) return {};
    const auto strike = store_.strike(Operation::write, name_, written_, written_ + bytes.size());
    is_write_lost_ = strike.struck && strike.effect == Effect::lost;
    auto done = store_.under<void>(context, strike, [&] { return inner_->write(context, bytes); });
    if (done.ok() || is_write_lost_) written_ += bytes.size();
    return done;
  }
  Result<void> finish(Context& context) override {
    const auto strike = store_.strike(Operation::finish, name_);
    return store_.under<void>(context, strike, [&] { return inner_->finish(context); });
  }

 private:
  FaultyStore& store_;
  std::unique_ptr<Upload> inner_;
  std::string name_;
  std::uint64_t written_ = 0;
  bool is_write_lost_ = false;
};

FaultyStore::~FaultyStore() {
  for (const Scripted& scripted : faults_) {
    EXPECT_TRUE(scripted.fired) << "a scripted fault never fired, on names that contain \""
                                << scripted.fault.name_contains << "\", operation "
                                << static_cast<int>(scripted.fault.operation);
  }
}

void FaultyStore::script(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back({std::move(fault), 0, false});
}

unsigned FaultyStore::fired() const {
  const std::lock_guard lock(mutex_);
  unsigned count = 0;
  for (const Scripted& scripted : faults_) count += scripted.fired ? 1U : 0U;
  return count;
}

FaultyStore::Strike FaultyStore::strike(Operation operation, const std::string& name,
                                        std::uint64_t begin, std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  ++calls_;
  for (Scripted& scripted : faults_) {
    const Fault& fault = scripted.fault;
    if (scripted.fired) continue;
    if (fault.operation != Operation::any && fault.operation != operation) continue;
    if (name.find(fault.name_contains) == std::string::npos) continue;
    if (fault.at_byte && (*fault.at_byte < begin || *fault.at_byte >= end)) continue;
    if (scripted.seen++ < fault.after) continue;
    scripted.fired = true;
    if (fault.effect == Effect::die) dead_ = true;
    return {true, fault.effect, fault.at_byte.value_or(0)};
  }
  return {};
}

Error FaultyStore::failure_of(Effect effect) {
  if (effect == Effect::disk_full) {
    return error(ErrorCode::exhausted, "scripted fault: no space left on device")
        .with_hint("free space or raise the limit, then try again");
  }
  if (effect == Effect::die) return error(ErrorCode::unavailable, "scripted fault: process died");
  return error(ErrorCode::unavailable, "scripted fault: connection lost");
}

template <typename T, typename Act>
Result<T> FaultyStore::under(Context& context, const Strike& strike, const Act& act) {
  if (dead_) return failure_of(Effect::die);
  if (!strike.struck) return act();
  if (strike.effect == Effect::stall) {
    TRY_VOID(stall(context));
    return act();
  }
  if (strike.effect == Effect::lost) {
    auto done = act();
    if (!done.ok()) return std::move(done).error();
  }
  return failure_of(strike.effect);
}

Result<void> FaultyStore::stall(Context& context) { return context.wait(std::chrono::hours(24)); }

Result<std::unique_ptr<Upload>> FaultyStore::put(Context& context, const std::string& name) {
  using Opened = std::unique_ptr<Upload>;
  return under<Opened>(context, strike(Operation::put, name), [&]() -> Result<Opened> {
    TRY(Opened inner, inner_.put(context, name));
    return Opened(std::make_unique<FaultyUpload>(*this, std::move(inner), name));
  });
}

Result<void> FaultyStore::get(Context& context, const std::string& name, const ReadSink& sink) {
  const Strike struck = strike(Operation::get, name);
  const bool bends = struck.effect == Effect::corrupt || struck.effect == Effect::cut;
  if (dead_ || !struck.struck || !bends) {
    return under<void>(context, struck, [&] { return inner_.get(context, name, sink); });
  }
  std::uint64_t done = 0;
  return inner_.get(context, name, [&](std::string_view bytes) -> Result<void> {
    std::string bent(bytes);
    const std::uint64_t begin = done;
    done += bytes.size();
    if (struck.at_byte < begin || struck.at_byte >= done) return sink(bytes);
    const auto at = static_cast<std::size_t>(struck.at_byte - begin);
    if (struck.effect == Effect::corrupt) {
      bent[at] = static_cast<char>(bent[at] ^ 0x20);
      return sink(bent);
    }
    TRY_VOID(sink(bytes.substr(0, at)));
    return error(ErrorCode::corrupt, "scripted fault: object " + name + " ended early");
  });
}

Result<void> FaultyStore::read(Context& context, const std::string& name, std::uint64_t offset,
                               std::span<char> to) {
  const Strike struck = strike(Operation::read, name, offset, offset + to.size());
  const bool bends = struck.struck && struck.effect == Effect::corrupt;
  if (dead_ || !bends)
    return under<void>(context, struck, [&] { return inner_.read(context, name, offset, to); });
  TRY_VOID(inner_.read(context, name, offset, to));
  if (!to.empty()) to[struck.at_byte < offset ? 0 : struck.at_byte - offset] ^= 0x20;
  return {};
}

Result<ObjectInfo> FaultyStore::stat(Context& context, const std::string& name) {
  return under<ObjectInfo>(context, strike(Operation::stat, name),
                           [&] { return inner_.stat(context, name); });
}

Result<void> FaultyStore::lock(Context& context, const std::string& name, EpochSeconds until) {
  return under<void>(context, strike(Operation::lock, name),
                     [&] { return inner_.lock(context, name, until); });
}

Result<std::vector<ObjectInfo>> FaultyStore::list(Context& context, const std::string& prefix) {
  return under<std::vector<ObjectInfo>>(context, strike(Operation::list, prefix),
                                        [&] { return inner_.list(context, prefix); });
}

Result<void> FaultyStore::remove(Context& context, const std::string& name) {
  return under<void>(context, strike(Operation::remove, name),
                     [&] { return inner_.remove(context, name); });
}

Result<void> FaultyStore::clean(Context& context) {
  return under<void>(context, strike(Operation::clean, ""), [&] { return inner_.clean(context); });
}

}  // namespace salvor::objectstore::testing
