#include "repo/snapshot.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "objectstore/passing_store.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotFacts facts(const std::string& path = "/data", const std::string& host = "web") {
    return {
        .path = path, .hostname = host, .username = "ann", .tags = {"a=b"}, .tree = id_of("tree")};
  }
  Id add(const SnapshotFacts& of, EpochSeconds at) {
    return scene_.repository
        .save(scene_.context, FileKind::snapshot, compact(snapshot_json(of, {at, 0})))
        .value();
  }
  std::vector<Snapshot> all() { return load_snapshots(scene_.context, scene_.repository).value(); }

  testing::Scene scene_;
};

TEST_F(SnapshotTest, SaysWhatItWasToldOf) {
  add(facts(), 1602277544);

  const Snapshot snapshot = all().at(0);

  EXPECT_EQ(snapshot.tree(), id_of("tree"));
  EXPECT_EQ(snapshot.time(), "2020-10-09T21:05:44Z");
  EXPECT_EQ(snapshot.hostname(), "web");
  EXPECT_EQ(snapshot.paths(), std::vector<std::string>{"/data"});
  EXPECT_EQ(snapshot.tags(), std::vector<std::string>{"a=b"});
}

TEST_F(SnapshotTest, ComesOldestFirst) {
  const Id late = add(facts(), 300);
  const Id early = add(facts(), 100);

  EXPECT_EQ(all().front().id(), early);
  EXPECT_EQ(choose_snapshot(all(), "latest")->id(), late);
}

// Snapshots go between the first list and the reading; or cannot be read though they are there.
class LosingStore final : public objectstore::PassingStore {
 public:
  enum class Loses { objects, answers };
  explicit LosingStore(Loses loses) : LosingStore(loses, objectstore::make_memory_store()) {}

  Result<void> get(Context& context, const std::string& name,
                   const objectstore::ReadSink& sink) override {
    const bool is_lost = loses_now && name.starts_with("snapshots/");
    if (!is_lost) return inner().get(context, name, sink);
    if (loses_ == Loses::objects) TRY_VOID(inner().remove(context, name));
    return error(ErrorCode::not_found, name + " is not there");
  }

  bool loses_now = false;

 private:
  LosingStore(Loses loses, std::unique_ptr<objectstore::Store> memory)
      : PassingStore(*memory), loses_(loses), memory_(std::move(memory)) {}

  const Loses loses_;
  std::unique_ptr<objectstore::Store> memory_;
};

Result<std::vector<Snapshot>> load_from(LosingStore& store, const SnapshotFacts& of) {
  Context context = background();
  const Repository repository = testing::make_repository(store);
  EXPECT_TRUE(
      repository.save(context, FileKind::snapshot, compact(snapshot_json(of, {100, 0}))).ok());
  store.loses_now = true;
  return load_snapshots(context, repository);
}

TEST_F(SnapshotTest, IsPassedOverWhenItIsForgottenMeanwhile) {
  LosingStore store(LosingStore::Loses::objects);

  const auto loaded = load_from(store, facts());

  ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
  EXPECT_TRUE(loaded->empty());
}

TEST_F(SnapshotTest, IsMissedWhenTheStoreDoesNotGiveIt) {
  LosingStore store(LosingStore::Loses::answers);

  EXPECT_FALSE(load_from(store, facts()).ok());
}

TEST_F(SnapshotTest, IsLaterThanThoseOfTheSameSecond) {
  add(facts(), 100);

  EXPECT_EQ(next_time(all(), 100), (FileTime{100, 1}));
  EXPECT_EQ(next_time(all(), 99), (FileTime{99, 0}));
  EXPECT_EQ(next_time(all(), 101), (FileTime{101, 0}));
}

TEST_F(SnapshotTest, IsChosenByTheBeginningOfItsId) {
  const Id id = add(facts(), 100);

  EXPECT_EQ(choose_snapshot(all(), id.brief())->id(), id);
  EXPECT_EQ(choose_snapshot(all(), id.hex())->id(), id);
  EXPECT_EQ(choose_snapshot(all(), "xyz").error().code, ErrorCode::not_found);
  EXPECT_EQ(choose_snapshot(all(), "").error().code, ErrorCode::not_found);
  EXPECT_EQ(choose_snapshot({}, "latest").error().code, ErrorCode::not_found);
}

TEST_F(SnapshotTest, IsNotChosenByABeginningOfTwo) {
  std::set<char> firsts;
  char twice = 0;
  for (EpochSeconds at = 0; twice == 0; ++at) {
    const char first = add(facts(), at).hex()[0];
    if (!firsts.insert(first).second) twice = first;
  }

  EXPECT_EQ(choose_snapshot(all(), std::string(1, twice)).error().code, ErrorCode::invalid);
}

TEST_F(SnapshotTest, HasItsParentOfTheSameHostAndPath) {
  add(facts(), 100);
  const Id wanted = add(facts(), 200);
  add(facts("/other"), 300);
  add(facts("/data", "db"), 400);
  const auto snapshots = all();

  EXPECT_EQ(find_parent(snapshots, facts())->id(), wanted);
  EXPECT_EQ(find_parent(snapshots, facts("/none")), nullptr);
}

TEST_F(SnapshotTest, KeepsMembersThatItDoesNotKnow) {
  Json json = snapshot_json(facts(), {100, 0});
  json["later"] = {{"x", 1}};

  EXPECT_EQ(Snapshot::from(id_of("s"), json)->json()["later"]["x"], 1);
}

TEST_F(SnapshotTest, IsDamagedWithoutATreeOrATime) {
  for (const char* missing : {"tree", "time"}) {
    Json json = snapshot_json(facts(), {100, 0});
    json.erase(missing);
    EXPECT_EQ(Snapshot::from(id_of("s"), json).error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace salvor::repo
