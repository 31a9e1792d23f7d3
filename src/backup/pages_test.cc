#include "backup/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "backup/testing/world.h"

namespace salvor::backup {
namespace {

using ::testing::ElementsAre;
using Kind = PageEvent::Kind;

class PagesTest : public ::testing::Test {
 protected:
  PagesTest() {
    Context context = context_;
    discovery_ = cluster_.discover(context).value();
    configmaps_ = discovery_.find("", "configmaps");
    secrets_ = discovery_.find("", "secrets");
    for (int i = 0; i < 250; ++i) {
      cluster_.seed(testing::object("v1", "ConfigMap", "shop", "map-" + std::to_string(i)));
    }
    cluster_.seed(testing::object("v1", "Secret", "shop", "password"));
  }

  // Everything that comes, as kinds; items are counted.
  std::vector<Kind> drain(Pages& pages) {
    std::vector<Kind> kinds;
    while (const std::optional<PageEvent> event = pages.next()) {
      kinds.push_back(event->kind);
      items_ += event->items.size();
      if (event->failure) failures_.push_back(event->failure->message);
    }
    return kinds;
  }

  // With those that a cluster publishes itself.
  std::size_t config_maps() const {
    const std::vector<Json> all = cluster_.everything();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Json& object) {
      return text_at(object, "kind") == "ConfigMap";
    }));
  }

  kube::InstantClock clock_;
  Context context_{clock_, null_log(), {}, {}};
  kube::FakeCluster cluster_{clock_};
  kube::Discovery discovery_;
  const kube::ResourceType* configmaps_ = nullptr;
  const kube::ResourceType* secrets_ = nullptr;
  std::size_t items_ = 0;
  std::vector<std::string> failures_;
};

TEST_F(PagesTest, GivesAllPagesOfAllTasksInOrder) {
  Pages pages(context_, cluster_, {{configmaps_, "", ""}, {secrets_, "", ""}});

  EXPECT_THAT(drain(pages),
              ElementsAre(Kind::page, Kind::page, Kind::ended, Kind::page, Kind::ended));
  EXPECT_EQ(items_, config_maps() + 1);
}

TEST_F(PagesTest, IsOverAtOnceWithoutTasks) {
  Pages pages(context_, cluster_, {});

  EXPECT_EQ(pages.next(), std::nullopt);
}

TEST_F(PagesTest, BeginsAnExpiredListAnew) {
  bool is_forgotten = false;
  cluster_.on_request([&](const kube::FakeRequest&) -> Result<void> {
    // Between the first page and the second.
    if (cluster_.request_count() > 2 && !std::exchange(is_forgotten, true)) {
      cluster_.seed(testing::object("v1", "ConfigMap", "shop", "late"));
      cluster_.forget_history();
    }
    return {};
  });
  Pages pages(context_, cluster_, {{configmaps_, "", ""}});

  EXPECT_THAT(drain(pages),
              ElementsAre(Kind::page, Kind::restarted, Kind::page, Kind::page, Kind::ended));
  EXPECT_EQ(items_, 100U + config_maps());
}

TEST_F(PagesTest, AsksAgainAfterPassingFailures) {
  cluster_.fault({.verb = kube::Verb::list}, kube::FaultKind::refused, 3);
  Pages pages(context_, cluster_, {{secrets_, "", ""}});

  EXPECT_THAT(drain(pages), ElementsAre(Kind::page, Kind::ended));
  EXPECT_TRUE(cluster_.unfired_faults().empty());
}

TEST_F(PagesTest, GivesATaskUpAndGoesOnWithTheNext) {
  cluster_.fault({.verb = kube::Verb::list, .group_resource = "configmaps"},
                 kube::FaultKind::internal_error, testing::kMoreThanAnyPatience);
  Pages pages(context_, cluster_, {{configmaps_, "", ""}, {secrets_, "", ""}});

  EXPECT_THAT(drain(pages), ElementsAre(Kind::failed, Kind::page, Kind::ended));
  EXPECT_EQ(failures_.size(), 1U);
}

// A stall lasts until its call's deadline, so here time has to be real.
struct StalledPages : ::testing::Test {
  StalledPages() {
    cluster.seed(testing::object("v1", "Secret", "shop", "password"));
    cluster.fault({.verb = kube::Verb::list}, kube::FaultKind::stall, 1);
  }

  Context context = background();
  kube::FakeCluster cluster{system_clock()};
  const kube::Discovery discovery = cluster.discover(context).value();
  const std::vector<ListTask> tasks = {{discovery.find("", "secrets"), "", ""}};
};

TEST_F(StalledPages, StopWithTheContext) {
  std::stop_source stop;
  Pages pages(context.stopped_by(stop.get_token()), cluster, tasks);
  cluster.wait_for_stalled(1);

  stop.request_stop();

  while (const std::optional<PageEvent> event = pages.next()) EXPECT_TRUE(event->items.empty());
}

TEST_F(StalledPages, EndWhenDestroyed) {
  {
    const Pages pages(context, cluster, tasks);
    cluster.wait_for_stalled(1);
  }
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

TEST_F(PagesTest, EndsWhenDestroyedWithPagesUnread) {
  Pages pages(context_, cluster_,
              {{configmaps_, "", ""}, {configmaps_, "", ""}, {configmaps_, "", ""}});

  EXPECT_TRUE(pages.next().has_value());
}

}  // namespace
}  // namespace salvor::backup
