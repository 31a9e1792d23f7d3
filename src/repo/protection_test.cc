#include "repo/protection.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "kube/testing/instant_clock.h"
#include "repo/check.h"
#include "repo/prune.h"
#include "repo/snapshot.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using testing::noise;

constexpr EpochSeconds kDay = 86'400;

class Protection : public ::testing::Test {
 protected:
  Protection() : scene_{.context = Context{clock_, null_log(), {}, {}}} {}

  Id snapshot() { return scene_.snapshot(); }
  void pass(Duration duration) { ASSERT_TRUE(scene_.context.wait(duration).ok()); }
  EpochSeconds now() const { return clock_.wall_seconds(); }
  void protect_until(const Id& id, EpochSeconds until) {
    const auto done = protect(scene_.context, scene_.repository, {id}, until);
    ASSERT_TRUE(done.ok()) << done.error().describe();
  }
  void forget(const Id& id) {
    ASSERT_TRUE(scene_.repository.remove(scene_.context, FileKind::snapshot, id).ok());
  }
  // The store refuses to remove what is locked: a prune that tried would fail.
  Pruned prune_all() {
    auto pruned = prune(scene_.context, scene_.repository, {.max_unused = 0});
    EXPECT_TRUE(pruned.ok()) << pruned.error().describe();
    return *std::move(pruned);
  }
  bool is_sound() {
    const auto made = check(scene_.context, scene_.repository, CheckDepth::data);
    return made.ok() && made->is_good();
  }
  std::size_t count(const std::string& folder) {
    return scene_.store->list(scene_.context, folder)->size();
  }
  std::size_t locked_now() {
    std::size_t locked = 0;
    const auto objects = scene_.store->list(scene_.context, "");
    for (const auto& object : *objects)
      locked += scene_.store->stat(scene_.context, object.name)->locked_until > now() ? 1 : 0;
    return locked;
  }

  kube::InstantClock clock_;
  testing::Scene scene_;
};

TEST_F(Protection, LocksAllThatASnapshotNeeds) {
  scene_.source.write("a", noise(100'000, 1));
  const Id id = snapshot();

  protect_until(id, now() + kDay);

  // A pack of data, one of trees, the index, the snapshot, the key, the config.
  EXPECT_EQ(locked_now(), 6U);
  EXPECT_EQ(count(""), 6U);
}

TEST_F(Protection, LeavesWhatOtherSnapshotsNeed) {
  scene_.source.write("a", noise(100'000, 2));
  snapshot();
  std::filesystem::remove(scene_.source.path("a"));
  scene_.source.write("b", "x");
  const Id second = snapshot();

  protect_until(second, now() + kDay);

  EXPECT_EQ(count("data/"), 4U);
  // Two packs of the second; both indexes, its snapshot, the key, the config.
  EXPECT_EQ(locked_now(), 7U);
}

TEST_F(Protection, KeepsWhatALaterSnapshotSharesForItsTimeToo) {
  scene_.source.write("a", noise(100'000, 3));
  const Id first = snapshot();
  protect_until(first, now() + kDay);
  const Id second = snapshot();

  protect_until(second, now() + 3 * kDay);

  pass(std::chrono::hours(2 * 24));
  forget(first);
  const Pruned pruned = prune_all();
  EXPECT_EQ(pruned.packs_removed, 0U);
  EXPECT_TRUE(is_sound());
  const auto refused = scene_.store->remove(
      scene_.context,
      scene_.repository.name_of_pack(scene_.repository.list_packs(scene_.context)->front().id));
  EXPECT_EQ(refused.error().code, ErrorCode::denied);
}

TEST_F(Protection, PruneLeavesWhatIsLockedAndTakesItLater) {
  scene_.source.write("big", noise(100'000, 4));
  const Id first = snapshot();
  protect_until(first, now() + kDay);
  std::filesystem::remove(scene_.source.path("big"));
  scene_.source.write("small", "x");
  snapshot();
  // As somebody with restic and the password may.
  pass(std::chrono::hours(1));
  Context later = scene_.context;
  const std::string name = scene_.repository.name_of(FileKind::snapshot, first);
  EXPECT_EQ(scene_.store->remove(later, name).error().code, ErrorCode::denied);

  // The lock of the snapshot ended before those of its packs.
  pass(std::chrono::hours(24));
  const auto packs = scene_.repository.list_packs(scene_.context);
  for (const StoredFile& pack : *packs)
    ASSERT_TRUE(
        scene_.store->lock(scene_.context, scene_.repository.name_of_pack(pack.id), now() + kDay)
            .ok());
  forget(first);
  const Pruned early = prune_all();
  EXPECT_EQ(early.packs_removed, 0U);
  EXPECT_EQ(early.packs_locked, 2U);
  EXPECT_GT(early.bytes_unused, 100'000U);
  EXPECT_TRUE(is_sound());

  pass(std::chrono::hours(25));
  const Pruned late = prune_all();
  EXPECT_EQ(late.packs_removed, 2U);
  EXPECT_EQ(late.packs_locked, 0U);
  EXPECT_TRUE(is_sound());
}

TEST_F(Protection, PruneLeavesThePacksThatALockedIndexNames) {
  scene_.source.write("a", noise(100'000, 5));
  const Id first = snapshot();
  const StoredFile index = scene_.repository.list(scene_.context, FileKind::index)->front();
  ASSERT_TRUE(
      scene_.store
          ->lock(scene_.context, scene_.repository.name_of(FileKind::index, index.id), now() + kDay)
          .ok());
  scene_.source.write("a", "other");
  snapshot();
  forget(first);

  EXPECT_EQ(prune_all().packs_removed, 0U);
  EXPECT_TRUE(is_sound());

  pass(std::chrono::hours(25));
  EXPECT_EQ(prune_all().packs_removed, 2U);
  EXPECT_TRUE(is_sound());
}

TEST_F(Protection, SaysWhenASnapshotIsNotWhole) {
  scene_.source.write("a", noise(100'000, 6));
  const Id id = snapshot();
  const auto indexes = scene_.repository.list(scene_.context, FileKind::index);
  for (const StoredFile& file : *indexes)
    ASSERT_TRUE(scene_.repository.remove(scene_.context, FileKind::index, file.id).ok());

  const auto done = protect(scene_.context, scene_.repository, {id}, now() + kDay);

  EXPECT_EQ(done.error().code, ErrorCode::corrupt);
  EXPECT_EQ(locked_now(), 0U);
}

}  // namespace
}  // namespace salvor::repo
