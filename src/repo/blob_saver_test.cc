#include "repo/blob_saver.h"

#include <gtest/gtest.h>

#include <stop_token>

#include "objectstore/testing/faulty.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::Operation;

constexpr std::size_t kLarge = 7 << 20;

class BlobSaverTest : public ::testing::Test {
 protected:
  Result<Id> save(unsigned seed) {
    return saver_.save(context_, sealer_, BlobType::data, testing::noise(kLarge, seed));
  }

  std::stop_source stop_;
  Context context_ = background().stopped_by(stop_.get_token());
  std::unique_ptr<objectstore::Store> store_ = objectstore::make_memory_store();
  FaultyStore faulty_{*store_};
  Repository repository_ = testing::make_repository(faulty_);
  Index index_;
  BlobSealer sealer_{repository_, 3};
  BlobSaver saver_{repository_, index_};
};

TEST_F(BlobSaverTest, SavesOnWhileAPackIsUploaded) {
  faulty_.script({.operation = Operation::put, .effect = Effect::stall, .name_contains = "data/"});

  for (unsigned seed = 0; seed < 4; ++seed) ASSERT_TRUE(save(seed).ok());  // three fill a pack
  stop_.request_stop();

  EXPECT_EQ(saver_.finish(context_).error().code, ErrorCode::cancelled);
}

TEST_F(BlobSaverTest, FailsForGoodOnceAnUploadHasFailed) {
  faulty_.script(
      {.operation = Operation::finish, .effect = Effect::disk_full, .name_contains = "data/"});
  for (unsigned seed = 0; seed < 3; ++seed) ASSERT_TRUE(save(seed).ok());

  EXPECT_EQ(saver_.finish(context_).error().code, ErrorCode::exhausted);
  EXPECT_EQ(save(3).error().code, ErrorCode::exhausted);
  EXPECT_EQ(saver_.finish(context_).error().code, ErrorCode::exhausted);
  EXPECT_TRUE(repository_.list(context_, FileKind::index).value().empty());
}

}  // namespace
}  // namespace salvor::repo
