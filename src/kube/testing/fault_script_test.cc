#include "kube/testing/fault_script.h"

#include <gmock/gmock.h>

namespace salvor::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FakeRequest create_of(const std::string& name) {
  return {.verb = Verb::create, .group_resource = "pods", .key = {"shop", name}};
}

TEST(FaultScript, FiresAsOftenAsItSays) {
  FaultScript script;
  script.add({.verb = Verb::create}, FaultKind::internal_error, 2);

  EXPECT_EQ(script.take(create_of("a")), FaultKind::internal_error);
  EXPECT_EQ(script.take(create_of("b")), FaultKind::internal_error);
  EXPECT_EQ(script.take(create_of("c")), std::nullopt);
  EXPECT_THAT(script.unfired(), IsEmpty());
}

TEST(FaultScript, FiresTheOldestThatFits) {
  FaultScript script;
  script.add({.name = "web"}, FaultKind::stall, 1);
  script.add({}, FaultKind::refused, 1);

  EXPECT_EQ(script.take(create_of("db")), FaultKind::refused);
  EXPECT_EQ(script.take(create_of("web")), FaultKind::stall);
}

TEST(FaultScript, MatchesOnEachFact) {
  const FaultMatch misses[] = {{.verb = Verb::get},
                               {.group_resource = "secrets"},
                               {.namespace_name = "other"},
                               {.name = "db"}};
  for (const FaultMatch& match : misses) {
    FaultScript script;
    script.add(match, FaultKind::refused, 1);
    EXPECT_EQ(script.take(create_of("web")), std::nullopt);
  }
}

TEST(FaultScript, TellsWhatNeverFired) {
  FaultScript script;
  script.add({.verb = Verb::create, .group_resource = "pods", .name = "web"},
             FaultKind::dropped_after_write, 2);
  script.take(create_of("web"));

  EXPECT_THAT(script.unfired(), ElementsAre("create pods */web: dropped after write, 1 left"));
}

}  // namespace
}  // namespace salvor::kube
