#include "repo/lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "objectstore/passing_store.h"
#include "objectstore/testing/faulty.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::Operation;

constexpr LockTiming kQuick{.settle = std::chrono::milliseconds(1)};

// Tells of each read of a whole object before it is done.
class WatchedStore final : public objectstore::PassingStore {
 public:
  using Watcher = std::function<void(const std::string& name)>;
  WatchedStore(Store& store, Watcher watcher) : PassingStore(store), watcher_(std::move(watcher)) {}

  Result<void> get(Context& context, const std::string& name,
                   const objectstore::ReadSink& sink) override {
    watcher_(name);
    return inner().get(context, name, sink);
  }

 private:
  const Watcher watcher_;
};

class LockTest : public ::testing::Test {
 protected:
  Result<Lock> acquire(LockKind kind, const LockTiming& timing = kQuick) {
    return Lock::acquire(scene_.context, scene_.repository, kind, {"host", "ann"}, timing);
  }
  std::size_t count() {
    return scene_.repository.list(scene_.context, FileKind::lock).value().size();
  }
  void write(const Json& json) {
    ASSERT_TRUE(scene_.repository.save(scene_.context, FileKind::lock, compact(json)).ok());
  }
  Json foreign(const std::string& time, bool is_exclusive = true) {
    return {{"time", time},
            {"exclusive", is_exclusive},
            {"hostname", "other"},
            {"pid", 1},
            {"username", "bob"}};
  }
  std::string now() { return rfc3339(scene_.context.clock.wall_seconds()); }

  testing::Scene scene_;
};

TEST_F(LockTest, IsThereWhileItIsHeld) {
  {
    const auto lock = acquire(LockKind::shared);
    ASSERT_TRUE(lock.ok()) << lock.error().message;
    EXPECT_EQ(count(), 1U);
  }
  EXPECT_EQ(count(), 0U);
}

TEST_F(LockTest, IsSharedByThoseWhoRemoveNothing) {
  const auto one = acquire(LockKind::shared);
  const auto two = acquire(LockKind::shared);
  ASSERT_TRUE(one.ok() && two.ok());

  EXPECT_EQ(acquire(LockKind::exclusive).error().code, ErrorCode::conflict);
  EXPECT_EQ(count(), 2U);
}

TEST_F(LockTest, IsExclusive) {
  const auto one = acquire(LockKind::exclusive);
  ASSERT_TRUE(one.ok());

  EXPECT_EQ(acquire(LockKind::shared).error().code, ErrorCode::conflict);
  EXPECT_EQ(acquire(LockKind::exclusive).error().code, ErrorCode::conflict);
}

TEST_F(LockTest, NamesWhoHoldsIt) {
  write(foreign(now()));

  EXPECT_NE(acquire(LockKind::shared).error().message.find("bob on other"), std::string::npos);
}

TEST_F(LockTest, RemovesThoseOfTheDead) {
  write(foreign("2020-10-09T21:05:44Z"));
  write({{"time", now()}, {"exclusive", true}, {"hostname", "host"}, {"pid", 0x7ffffffe}});

  EXPECT_TRUE(acquire(LockKind::exclusive).ok());
  EXPECT_EQ(count(), 0U);
}

TEST_F(LockTest, LeavesThatOfALivingProcessOfThisHost) {
  write({{"time", now()}, {"exclusive", true}, {"hostname", "host"}, {"pid", ::getpid()}});

  EXPECT_EQ(acquire(LockKind::shared).error().code, ErrorCode::conflict);
}

TEST_F(LockTest, SeesOneThatIsWrittenAnewWhileItLooks) {
  write(foreign(now()));
  int times = 2;  // as often as a claim looks
  WatchedStore watched(*scene_.store, [&](const std::string& name) {
    if (!name.starts_with("locks/") || times-- <= 0) return;
    write(foreign(now()));
    ASSERT_TRUE(scene_.store->remove(scene_.context, name).ok());
  });
  const Repository repository =
      Repository::open(scene_.context, {watched, ""}, testing::kPassword).value();

  const auto lock =
      Lock::acquire(scene_.context, repository, LockKind::exclusive, {"host", "ann"}, kQuick);

  EXPECT_FALSE(lock.ok());
}

TEST_F(LockTest, IsWaitedFor) {
  auto first = acquire(LockKind::exclusive);
  ASSERT_TRUE(first.ok());
  LockTiming patient = kQuick;
  patient.most = std::chrono::seconds(30);
  std::optional<Lock> held(std::move(first).value());
  std::jthread other([&] {
    while (count() < 1) std::this_thread::yield();
    held.reset();
  });

  EXPECT_TRUE(acquire(LockKind::exclusive, patient).ok());
}

TEST_F(LockTest, IsKeptFresh) {
  LockTiming timing = kQuick;
  timing.refresh = std::chrono::milliseconds(5);
  const auto lock = acquire(LockKind::shared, timing);
  ASSERT_TRUE(lock.ok());
  const auto before = scene_.repository.list(scene_.context, FileKind::lock).value();

  while (true) {
    const auto after = scene_.repository.list(scene_.context, FileKind::lock).value();
    if (after.size() == 1 && after[0].id != before[0].id) break;
  }
}

TEST_F(LockTest, StopsTheWorkWhenItCannotBeKept) {
  FaultyStore faulty(*scene_.store);
  const Repository repository =
      Repository::open(scene_.context, {faulty, ""}, testing::kPassword).value();
  LockTiming timing = kQuick;
  timing.refresh = std::chrono::milliseconds(2);
  timing.lost = std::chrono::milliseconds(1);
  auto lock = Lock::acquire(scene_.context, repository, LockKind::shared, {"h", "u"}, timing);
  ASSERT_TRUE(lock.ok());
  faulty.kill();

  EXPECT_EQ(lock->context().wait(std::chrono::seconds(30)).error().code, ErrorCode::cancelled);
}

TEST_F(LockTest, StopsTheWorkWhenTheStoreDoesNotAnswer) {
  FaultyStore faulty(*scene_.store);
  faulty.script({Operation::put, Effect::stall, "locks/", 1});
  const Repository repository =
      Repository::open(scene_.context, {faulty, ""}, testing::kPassword).value();
  LockTiming timing = kQuick;
  timing.refresh = std::chrono::milliseconds(2);
  timing.lost = std::chrono::milliseconds(50);
  auto lock = Lock::acquire(scene_.context, repository, LockKind::shared, {"h", "u"}, timing);
  ASSERT_TRUE(lock.ok());

  EXPECT_EQ(lock->context().wait(std::chrono::seconds(30)).error().code, ErrorCode::cancelled);
}

TEST_F(LockTest, StopsWithItsCaller) {
  std::stop_source stop;
  Context context = scene_.context.stopped_by(stop.get_token());
  auto lock = Lock::acquire(context, scene_.repository, LockKind::shared, {"h", "u"}, kQuick);
  ASSERT_TRUE(lock.ok());

  stop.request_stop();

  EXPECT_TRUE(lock->context().stopped());
}

}  // namespace
}  // namespace salvor::repo
