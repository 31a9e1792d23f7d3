#include "volume/transfer_options.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::volume {
namespace {

TransferOptions read(const Json& options) {
  const auto read = read_transfer_options(options, 4);
  EXPECT_TRUE(read.ok()) << read.error().describe();
  return *read;
}

TEST(TransferOptions, AreTheCallersWhereTheDefinitionSaysNothing) {
  const TransferOptions options = read(Json());

  EXPECT_EQ(options.volumes_at_once, 4U);
  EXPECT_EQ(options.limits()["threads"], 0);
  const MoverPlace place = options.in({});
  EXPECT_EQ(place.memory_limit, MoverPlace().memory_limit);
  EXPECT_EQ(place.ready_within, MoverPlace().ready_within);
}

TEST(TransferOptions, SayHowLongAMoverMayTakeToStart) {
  const MoverPlace place = read({{"mover_ready_timeout", "1m30s"}}).in({});

  EXPECT_EQ(place.ready_within, std::chrono::seconds(90));
  EXPECT_EQ(place.hopeless_within, std::chrono::seconds(90));
}

TEST(TransferOptions, NameTheFieldThatIsNoTimeSpan) {
  const auto refused = read_transfer_options({{"mover_ready_timeout", "soon"}}, 4);

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "options.mover_ready_timeout is not a time span");
}

TEST(TransferOptions, ShareTheFilesOfAllVolumesOut) {
  EXPECT_EQ(read({{"pvc_parallelism", 3}, {"total_file_parallelism", 8}}).threads, 2U);
  EXPECT_EQ(read({{"total_file_parallelism", 16}, {"pvc_file_parallelism", 2}}).threads, 2U);
  const TransferOptions few = read({{"pvc_parallelism", 5}, {"total_file_parallelism", 2}});
  EXPECT_EQ(few.volumes_at_once, 2U);
  EXPECT_EQ(few.threads, 1U);
}

TEST(TransferOptions, GoIntoTheMoversOrder) {
  const TransferOptions options = read({{"upload_speed_limit", 7},
                                        {"download_speed_limit", 9},
                                        {"mover_memory_limit", 1024},
                                        {"report_interval", "1m"}});

  EXPECT_EQ(
      options.limits(),
      (Json{{"upload_bytes_per_second", 7}, {"download_bytes_per_second", 9}, {"threads", 0}}));
  EXPECT_EQ(options.in({}).memory_limit, "1024Mi");
  EXPECT_EQ(options.report_every, std::chrono::minutes(1));
}

}  // namespace
}  // namespace salvor::volume
