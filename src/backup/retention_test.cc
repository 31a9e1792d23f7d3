#include "backup/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/testing/world.h"

namespace salvor::backup::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr EpochSeconds kDay = 86'400;

class Retention : public ::testing::Test {
 protected:
  EpochSeconds now() { return world.context.clock.wall_seconds(); }
  // A recovery point that began so long ago and was kept for so long; its id.
  std::string add(EpochSeconds age, EpochSeconds kept, const Json& more = Json::object()) {
    Json point = {{"name", "p" + std::to_string(age)},
                  {"state", "READY"},
                  {"type", "SNAPSHOT"},
                  {"backupdef", kBackupId},
                  {"start_time", now() - age},
                  {"expiry_timestamp", now() - age + kept}};
    point.update(more);
    const std::string id = "5f80d0a8f281487d59c6" + std::to_string(1'000 + ++made_);
    insert("backupinstances", id, point);
    return id;
  }
  void insert(const std::string& resource, const std::string& id, const Json& body) {
    const auto written =
        world.catalog->commit(world.context, {{catalog::Insert{resource, id, body}}});
    ASSERT_TRUE(written.ok()) << written.error().describe();
  }
  // The recovery points whose removal is ordered, in the order of the orders.
  std::vector<std::string> ordered() {
    const auto done = order_removals(world.context, *world.catalog);
    EXPECT_TRUE(done.ok()) << done.error().describe();
    std::vector<std::string> points;
    for (const Json& job : world.rows("jobs")) {
      if (job["type"] == "DELETE_BACKUP") points.push_back(job["backup_inst"]);
    }
    return points;
  }
  void end_jobs(const std::string& state) {
    const auto jobs = world.catalog->find(world.context, "jobs", {.limit = 100});
    for (const catalog::Document& job : jobs->documents) {
      const auto mark = [&](const Json& stored) -> Result<Json> {
        Json ended = stored;
        ended["state"] = state;
        return ended;
      };
      const auto written = world.catalog->commit(
          world.context, {{catalog::Edit{"jobs", job.id, {}, catalog::Touch::server, mark}}});
      ASSERT_TRUE(written.ok());
    }
  }

  World world{{{"all_namespaces", true}}};
  int made_ = 0;
};

TEST_F(Retention, EndsWhenTheDaysAreOver) {
  EXPECT_EQ(expiry_of({{"retention", {{"retainDays", 7}}}}, 100), 100 + 7 * kDay);
  EXPECT_EQ(expiry_of({{"retention", {{"retainDays", 0}}}}, 100), 0);
  EXPECT_EQ(expiry_of({{"retention", {{"retainDays", "7"}}}}, 100), 0);
  EXPECT_EQ(expiry_of(Json::object(), 100), 0);
}

TEST_F(Retention, OrdersTheRemovalOfWhatIsOverOnce) {
  const std::string over = add(8 * kDay, 7 * kDay);
  add(6 * kDay, 7 * kDay);
  add(9 * kDay, 7 * kDay, {{"state", "PENDING"}});

  EXPECT_THAT(ordered(), ElementsAre(over));
  EXPECT_THAT(ordered(), ElementsAre(over));
  EXPECT_EQ(world.points("DELETING").at(0).id, over);
}

TEST_F(Retention, KeepsWhatHasNoEnd) {
  const std::string id = add(900 * kDay, kDay);
  const auto endless = [](const Json& stored) -> Result<Json> {
    Json point = stored;
    point.erase("expiry_timestamp");
    return point;
  };
  ASSERT_TRUE(
      world.catalog
          ->commit(world.context,
                   {{catalog::Edit{"backupinstances", id, {}, catalog::Touch::server, endless}}})
          .ok());

  EXPECT_THAT(ordered(), IsEmpty());
}

TEST_F(Retention, KeepsTheNewestOfADefinition) {
  const Json always = {{"retention", {{"retainDays", 1}, {"numAlwaysRetain", 2}}}};
  const std::string oldest = add(9 * kDay, kDay, always);
  add(8 * kDay, kDay, always);
  add(7 * kDay, kDay, always);
  // Copies count for themselves.
  Json copy = always;
  copy["type"] = "COPY";
  add(6 * kDay, kDay, copy);

  EXPECT_THAT(ordered(), ElementsAre(oldest));
}

TEST_F(Retention, WaitsForJobsThatWorkWithIt) {
  const std::string over = add(8 * kDay, 7 * kDay);
  insert("jobs", "5f80d0a8f281487d59c69f01",
         {{"name", "r"},
          {"type", "RESTORE"},
          {"state", "RUNNING"},
          {"backup_inst", over},
          {"start_time", now()}});

  EXPECT_THAT(ordered(), IsEmpty());
  EXPECT_EQ(world.points("READY").size(), 1U);

  end_jobs("COMPLETED");
  EXPECT_THAT(ordered(), ElementsAre(over));
}

TEST_F(Retention, TriesAgainAfterAnHourWhatFailed) {
  const std::string over = add(8 * kDay, 7 * kDay);
  EXPECT_THAT(ordered(), ElementsAre(over));
  end_jobs("FAILED");
  EXPECT_THAT(ordered(), ElementsAre(over));

  ASSERT_TRUE(world.context.wait(std::chrono::minutes(61)).ok());

  EXPECT_THAT(ordered(), ElementsAre(over, over));
}

}  // namespace
}  // namespace salvor::backup::testing
