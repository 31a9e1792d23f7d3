#include "api/job_documents.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::api {
namespace {

TEST(NewJob, HasWhatEveryJobHas) {
  const Json job = new_job("RESTORE", "kuberestore", 1602277544, {{"restoredef", "r"}});

  EXPECT_EQ(job["name"], "kuberestore-1602277544");
  EXPECT_EQ(job["type"], "RESTORE");
  EXPECT_EQ(job["display_type"], "RESTORE");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["start_time"], 1602277544);
  EXPECT_EQ(job["restoredef"], "r");
  EXPECT_EQ(job["activity"], Json::array());
  EXPECT_EQ(job["num_errors"], 0);
}

TEST(NextStartTime, IsNowButLaterThanTheLastRun) {
  EXPECT_EQ(next_start_time(100, Json::object()), 100);
  EXPECT_EQ(next_start_time(100, {{"status", {{"last_job_run_time", 50}}}}), 100);
  EXPECT_EQ(next_start_time(100, {{"status", {{"last_job_run_time", 100}}}}), 101);
  EXPECT_EQ(next_start_time(100, {{"status", {{"last_job_run_time", 7000}}}}), 7001);
}

TEST(ActiveJobs, AreThoseThatAreNotOver) {
  const schema::Filter filter = active_jobs(schema::equals("cluster", "c"));

  EXPECT_TRUE(schema::matches(filter, {{"cluster", "c"}, {"state", "PENDING"}}));
  EXPECT_TRUE(schema::matches(filter, {{"cluster", "c"}, {"state", "CANCELLING"}}));
  EXPECT_FALSE(schema::matches(filter, {{"cluster", "c"}, {"state", "FAILED"}}));
  EXPECT_FALSE(schema::matches(filter, {{"cluster", "d"}, {"state", "RUNNING"}}));
}

}  // namespace
}  // namespace salvor::api
