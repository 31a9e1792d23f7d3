#include "repo/leftovers.h"

#include <gtest/gtest.h>

#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "repo/check.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::names_in;
using objectstore::testing::put_all;

class LeftoversTest : public ::testing::Test {
 protected:
  // A backup that dies when it is about to write its index.
  void die_before_the_index() {
    FaultyStore faulty(*scene_.store);
    const Repository mortal =
        Repository::open(scene_.context, {faulty, ""}, testing::kPassword).value();
    faulty.script({.effect = Effect::die, .name_contains = "index/"});
    Index index;
    ASSERT_FALSE(save_folder(scene_.context, mortal, index, scene_.source.path(), {}).ok());
  }
  std::size_t name_all(Index& index) {
    return name_leftovers(scene_.context, scene_.repository, index).value();
  }

  testing::Scene scene_;
};

TEST_F(LeftoversTest, AreNamedAndUsed) {
  scene_.source.write("a", testing::noise(3 << 20, 1));
  die_before_the_index();
  Index index = scene_.repository.load_index(scene_.context).value();
  ASSERT_EQ(index.blob_count(), 0U);

  EXPECT_EQ(name_all(index), 2U);

  EXPECT_EQ(scene_.repository.load_index(scene_.context)->blob_count(), index.blob_count());
  const auto saved =
      save_folder(scene_.context, scene_.repository, index, scene_.source.path(), {});
  EXPECT_EQ(saved->saved.data_blobs, 0U);
  const auto report = check(scene_.context, scene_.repository, CheckDepth::data);
  EXPECT_TRUE(report->findings.empty());
}

TEST_F(LeftoversTest, AreNoneInAWholeRepository) {
  scene_.source.write("a", "x");
  ASSERT_TRUE(scene_.save().ok());
  Index index = scene_.repository.load_index(scene_.context).value();

  EXPECT_EQ(name_all(index), 0U);
  EXPECT_EQ(names_in(*scene_.store, "index/").size(), 1U);
}

TEST_F(LeftoversTest, AreLeftWhenTheyAreDamaged) {
  const std::string name = id_of("x").hex();
  ASSERT_TRUE(
      put_all(*scene_.store, "data/" + name.substr(0, 2) + "/" + name, "no pack at all").ok());
  ASSERT_TRUE(put_all(*scene_.store, "data/aa/" + id_of("y").hex(), "nor in its folder").ok());
  Index index;

  EXPECT_EQ(name_all(index), 0U);
  EXPECT_TRUE(names_in(*scene_.store, "index/").empty());
}

}  // namespace
}  // namespace salvor::repo
