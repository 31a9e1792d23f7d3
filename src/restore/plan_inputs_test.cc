#include "restore/plan_inputs.h"

#include <gtest/gtest.h>

#include "kube/testing/fake_cluster.h"
#include "objectstore/memory.h"

namespace salvor::restore {
namespace {

TEST(PlanInputs, TellAMissingBackupWithoutWaitingForTheCluster) {
  Context context = background();
  const auto store = objectstore::make_memory_store();
  kube::FakeCluster cluster(system_clock());
  cluster.on_request([](const kube::FakeRequest&) -> Result<void> {
    return error(ErrorCode::unavailable, "nobody is home");
  });
  Patience patience;
  patience.api = std::chrono::hours(1);

  const auto inputs = read_plan_inputs(context, *store, Request{}, {}, "/tmp", cluster, patience);

  ASSERT_FALSE(inputs.ok());
  EXPECT_NE(inputs.error().message.find("reading the recovery point's objects"), std::string::npos)
      << inputs.error().message;
}

}  // namespace
}  // namespace salvor::restore
