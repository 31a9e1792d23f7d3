#include "repo/snapshot_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "repo/snapshot.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using objectstore::testing::get_all;
using objectstore::testing::names_in;
using objectstore::testing::put_all;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::noise;

class SnapshotCheckTest : public ::testing::Test {
 protected:
  Id snapshot() { return scene_.snapshot(); }
  Result<SnapshotCheck> look(const Id& id) {
    TRY(const Index index, scene_.repository.load_index(scene_.context));
    return check_snapshot(scene_.context, scene_.repository, index, id, [&](const SnapshotCheck&) {
      ++parts_;
      return Result<void>();
    });
  }
  // What a look by a program that opens the repository anew comes to: whether it says damage.
  bool is_found_damaged(const Id& id) {
    auto opened = Repository::open(scene_.context, {*scene_.store, ""}, testing::kPassword);
    if (!opened.ok())
      return tells_damage(opened.error()) || opened.error().code == ErrorCode::denied;
    const auto index = opened->load_index(scene_.context);
    if (!index.ok()) return tells_damage(index.error());
    const auto made = check_snapshot(scene_.context, *opened, *index, id,
                                     [](const SnapshotCheck&) { return Result<void>(); });
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() && made->problem_count > 0;
  }
  void replace(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(scene_.store->remove(scene_.context, name).ok());
    ASSERT_TRUE(put_all(*scene_.store, name, bytes).ok());
  }

  testing::Scene scene_;
  unsigned parts_ = 0;
};

TEST_F(SnapshotCheckTest, CountsWhatAGoodSnapshotNeeds) {
  scene_.source.write("a", "some text");
  scene_.source.write("b/c", noise(2 << 20, 1));
  const Id id = snapshot();

  const auto made = look(id);

  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->problem_count, 0U);
  EXPECT_GE(made->blobs, 4U);
  EXPECT_GT(made->bytes, std::uint64_t{2} << 20);
  EXPECT_EQ(made->bytes, made->total_bytes);
  EXPECT_GT(parts_, 0U);
}

// What only others need is theirs.
TEST_F(SnapshotCheckTest, FindsEachFlippedByteThatItNeeds) {
  scene_.source.write("folder/a", "some text that is not long");
  const Id id = snapshot();
  std::size_t flipped = 0;
  for (const std::string& name : names_in(*scene_.store, "")) {
    const std::string bytes = get_all(*scene_.store, name).value();
    // A pack's header is for repairs; a restore goes by the index.
    const bool is_pack = name.starts_with("data/");
    std::size_t unseen = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string bent = bytes;
      bent[at] = static_cast<char>(bent[at] ^ 0x10);
      replace(name, bent);
      const bool is_found = is_found_damaged(id);
      EXPECT_TRUE(is_found || is_pack) << name << " at " << at;
      unseen += is_found ? 0 : 1;
      ++flipped;
    }
    EXPECT_LT(unseen, std::size_t{120}) << name;
    replace(name, bytes);
  }
  EXPECT_GT(flipped, 1000U);
  EXPECT_FALSE(is_found_damaged(id));
}

TEST_F(SnapshotCheckTest, FindsEachCutOrMissingObject) {
  scene_.source.write("folder/a", "some text");
  const Id id = snapshot();
  for (const std::string& name : names_in(*scene_.store, "")) {
    const std::string bytes = get_all(*scene_.store, name).value();
    replace(name, bytes.substr(0, bytes.size() / 4));
    EXPECT_TRUE(is_found_damaged(id)) << name << " cut";
    ASSERT_TRUE(scene_.store->remove(scene_.context, name).ok());
    EXPECT_TRUE(is_found_damaged(id)) << name << " gone";
    ASSERT_TRUE(put_all(*scene_.store, name, bytes).ok());
  }
}

TEST_F(SnapshotCheckTest, NamesThePackAndTheFileThatNeedsIt) {
  scene_.source.write("folder/file", noise(5000, 2));
  const Id id = snapshot();
  const Index index = scene_.repository.load_index(scene_.context).value();
  index.each([&](const BlobKey& key, const Index::Found& found) {
    if (key.type != BlobType::data) return;
    const std::string name = "data/" + found.pack.hex().substr(0, 2) + "/" + found.pack.hex();
    std::string bytes = get_all(*scene_.store, name).value();
    bytes[found.place.offset + 20] = static_cast<char>(bytes[found.place.offset + 20] ^ 1);
    replace(name, bytes);
  });

  const auto made = look(id);

  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->problem_count, 2U);
  EXPECT_THAT(made->problems, Contains(HasSubstr("pack ")));
  EXPECT_THAT(made->problems, Contains(HasSubstr("/folder/file: needs what is damaged")));
}

TEST_F(SnapshotCheckTest, AnotherSnapshotsDamageIsNotItsOwn) {
  scene_.source.write("a", noise(3000, 3));
  const Id good = snapshot();
  const auto before = names_in(*scene_.store, "data/");
  scene_.source.write("b", noise(3000, 4));
  const Id bad = snapshot();
  for (const std::string& name : names_in(*scene_.store, "data/")) {
    if (std::find(before.begin(), before.end(), name) != before.end()) continue;
    ASSERT_TRUE(scene_.store->remove(scene_.context, name).ok());
  }

  EXPECT_FALSE(is_found_damaged(good));
  EXPECT_TRUE(is_found_damaged(bad));
}

// A store that does not answer says nothing of what it holds.
TEST_F(SnapshotCheckTest, FailsWhenTheStoreCannotBeReached) {
  scene_.source.write("a", noise(3000, 5));
  const Id id = snapshot();
  for (unsigned call = 0; call < 3; ++call) {
    const Index index = scene_.repository.load_index(scene_.context).value();
    objectstore::testing::FaultyStore faulty(*scene_.store);
    auto opened = Repository::open(scene_.context, {faulty, ""}, testing::kPassword);
    ASSERT_TRUE(opened.ok());
    faulty.script({.after = call});

    const auto made = check_snapshot(scene_.context, *opened, index, id,
                                     [](const SnapshotCheck&) { return Result<void>(); });

    ASSERT_FALSE(made.ok()) << call;
    EXPECT_EQ(made.error().code, ErrorCode::unavailable);
  }
}

}  // namespace
}  // namespace salvor::repo
