#include "backup/attempts.h"

#include <gtest/gtest.h>

#include "archive/testing/backups.h"
#include "backup/testing/world.h"
#include "objectstore/testing/whole.h"

namespace salvor::backup {
namespace {

using objectstore::testing::names_in;
using testing::kJobId;

constexpr const char* kOurs = "5f80d0a8f281487d59c69f01";
constexpr const char* kReady = "5f80d0a8f281487d59c69f02";
constexpr const char* kOthers = "5f80d0a8f281487d59c69f03";

class Attempts : public ::testing::Test {
 protected:
  Attempts() {
    add(kOurs, kJobId, "PENDING");
    add(kReady, kJobId, "READY");
    add(kOthers, kOurs, "PENDING");
  }
  void add(const char* id, const std::string& job, const char* state) {
    const catalog::Insert point{
        "backupinstances", id, {{"name", "p"}, {"backup_job_id", job}, {"state", state}}};
    ASSERT_TRUE(world_.catalog->commit(context_, {{point}}).ok());
    ASSERT_TRUE(archive::testing::write_backup(*world_.store, archive_name(id), {}).ok());
  }
  std::size_t objects_of(const char* id) {
    return names_in(*world_.store, "backups/" + archive_name(id) + "/").size();
  }

  testing::World world_{Json::object({{"all_namespaces", true}})};
  Context context_ = world_.context;
};

TEST_F(Attempts, RemovesTheArchivesOfPendingOnesOfTheJobOnly) {
  ASSERT_TRUE(remove_archives(context_, *world_.catalog, *world_.store, kJobId).ok());

  EXPECT_EQ(objects_of(kOurs), 0U);
  EXPECT_GT(objects_of(kReady), 0U);
  EXPECT_GT(objects_of(kOthers), 0U);
}

TEST_F(Attempts, RemovesPendingPointsOfTheJobOnly) {
  ASSERT_TRUE(world_.catalog->commit(context_, {{remove_pending(kJobId)}}).ok());

  EXPECT_FALSE(world_.catalog->get(context_, "backupinstances", kOurs).ok());
  EXPECT_TRUE(world_.catalog->get(context_, "backupinstances", kReady).ok());
  EXPECT_TRUE(world_.catalog->get(context_, "backupinstances", kOthers).ok());
}

}  // namespace
}  // namespace salvor::backup
