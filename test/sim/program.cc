#include "sim/program.h"

#include <utility>

namespace salvor::sim {
namespace {

constexpr EpochSeconds kBegin = 1'800'000'000;
constexpr std::string_view kLocks = "locks/";

Error gone() { return error(ErrorCode::unavailable, "simulated: the program is dead"); }

}  // namespace

class Program::OwnClock final : public Clock {
 public:
  explicit OwnClock(Program& program) : program_(program) {}
  EpochSeconds wall_seconds() const override {
    const auto since = program_.turns_.now().time_since_epoch();
    return kBegin + std::chrono::duration_cast<std::chrono::seconds>(since).count();
  }
  SteadyTime steady() const override { return program_.turns_.now(); }
  bool wait_until(SteadyTime until, const std::stop_token& stop) override {
    if (std::this_thread::get_id() == program_.main_thread_) {
      program_.main_.wait_until(until, stop);
      return !stop.stop_requested();
    }
    const bool is_kept_asleep = program_.disturbance_.flaw == Flaw::unkept_locks;
    return program_.guest_.rest_until(is_kept_asleep ? until + std::chrono::hours(1000) : until,
                                      stop);
  }

 private:
  Program& program_;
};

class Program::OwnUpload final : public objectstore::Upload {
 public:
  OwnUpload(Program& program, std::unique_ptr<objectstore::Upload> inner)
      : program_(program), inner_(std::move(inner)) {}
  // Nobody sees it before its end.
  Result<void> write(Context& context, const std::string& bytes) override {
    return inner_->write(context, bytes);
  }
  Result<void> finish(Context& context) override {
    return program_.call<void>([&] { return inner_->finish(context); });
  }

 private:
  Program& program_;
  std::unique_ptr<objectstore::Upload> inner_;
};

class Program::OwnStore final : public objectstore::Store {
 public:
  explicit OwnStore(Program& program) : program_(program), inner_(program.shared_) {}

  Result<std::unique_ptr<objectstore::Upload>> put(Context& context,
                                                   const std::string& name) override {
    using Opened = std::unique_ptr<objectstore::Upload>;
    return program_.call<Opened>([&]() -> Result<Opened> {
      TRY(Opened inner, inner_.put(context, name));
      return Opened(std::make_unique<OwnUpload>(program_, std::move(inner)));
    });
  }
  Result<void> get(Context& context, const std::string& name,
                   const objectstore::ReadSink& sink) override {
    return program_.call<void>([&] { return inner_.get(context, name, sink); });
  }
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override {
    return program_.call<void>([&] { return inner_.read(context, name, offset, to); });
  }
  Result<objectstore::ObjectInfo> stat(Context& context, const std::string& name) override {
    return program_.call<objectstore::ObjectInfo>([&] { return inner_.stat(context, name); });
  }
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override {
    return program_.call<void>([&] { return inner_.lock(context, name, until); });
  }
  Result<std::vector<objectstore::ObjectInfo>> list(Context& context,
                                                    const std::string& prefix) override {
    using Objects = std::vector<objectstore::ObjectInfo>;
    return program_.call<Objects>([&]() -> Result<Objects> {
      const bool is_hidden = program_.disturbance_.flaw == Flaw::unseen_locks && prefix == kLocks;
      return is_hidden ? Objects() : inner_.list(context, prefix);
    });
  }
  Result<void> remove(Context& context, const std::string& name) override {
    return program_.call<void>([&] { return inner_.remove(context, name); });
  }
  Result<void> clean(Context& context) override {
    return program_.call<void>([&] { return inner_.clean(context); });
  }

 private:
  Program& program_;
  objectstore::Store& inner_;
};

Program::Program(Turns& turns, objectstore::Store& shared, const Disturbance& disturbance)
    : turns_(turns),
      shared_(shared),
      disturbance_(disturbance),
      main_(turns, Turns::Task::Kind::main),
      guest_(turns, Turns::Task::Kind::guest),
      clock_(std::make_unique<OwnClock>(*this)),
      store_(std::make_unique<OwnStore>(*this)) {}

Program::~Program() = default;

void Program::start(std::function<void()> work) {
  thread_ = std::jthread([this, work = std::move(work)] {
    main_thread_ = std::this_thread::get_id();
    main_.begin();
    work();
    main_.end();
  });
}

Context Program::context() { return Context{*clock_, null_log(), {}, {}}; }

std::size_t Program::start_again() {
  is_dead_ = has_failed_ = false;
  return std::exchange(guest_calls_, 0);
}

Turns::Task& Program::here() {
  Turns::Task* const guest = Turns::Task::guest_here();
  return guest != nullptr ? *guest : main_;
}

Program::Fate Program::next_call() {
  Chance& chance = turns_.chance();
  const auto strikes = [&chance](std::size_t one_in) {
    return one_in != 0 && chance.one_in(one_in);
  };
  if (strikes(disturbance_.dies_one_in)) return Fate::dies;
  return strikes(disturbance_.fails_one_in) ? Fate::fails : Fate::lives;
}

template <typename T, typename Act>
Result<T> Program::call(const Act& act) {
  std::unique_lock alone(own_calls_, std::defer_lock);
  if (&here() != &guest_) alone.lock();
  if (!is_dead_) here().step();
  is_dead_ = is_dead_ || turns_.is_over();
  if (is_dead_) return gone();
  if (&here() == &guest_) ++guest_calls_;
  const Fate fate = next_call();
  if (fate == Fate::lives) return act();
  const bool is_done = turns_.chance().one_in(2);
  if (is_done) (void)act();
  is_dead_ = fate == Fate::dies;
  has_failed_ = true;
  return error(ErrorCode::unavailable, "simulated: a connection broke");
}

}  // namespace salvor::sim
