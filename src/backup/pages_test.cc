#include "backup/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_EQ(items_, 251U);
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
  EXPECT_EQ(items_, 100U + 251U);
}

TEST_F(PagesTest, AsksAgainAfterPassingFailures) {
  cluster_.fault({.verb = kube::Verb::list}, kube::FaultKind::refused, 3);
  Pages pages(context_, cluster_, {{secrets_, "", ""}});

  EXPECT_THAT(drain(pages), ElementsAre(Kind::page, Kind::ended));
  EXPECT_TRUE(cluster_.unfired_faults().empty());
}

TEST_F(PagesTest, GivesATaskUpAndGoesOnWithTheNext) {
  cluster_.fault({.verb = kube::Verb::list, .group_resource = "configmaps"},
                 kube::FaultKind::internal_error, 4);
  Pages pages(context_, cluster_, {{configmaps_, "", ""}, {secrets_, "", ""}});

  EXPECT_THAT(drain(pages), ElementsAre(Kind::failed, Kind::page, Kind::ended));
  EXPECT_EQ(failures_.size(), 1U);
}

TEST_F(PagesTest, StopsWithTheContextWhileTheClusterStalls) {
  std::stop_source stop;
  cluster_.fault({.verb = kube::Verb::list}, kube::FaultKind::stall, 1);
  Pages pages(context_.stopped_by(stop.get_token()), cluster_, {{secrets_, "", ""}});
  cluster_.wait_for_stalled(1);

  stop.request_stop();

  drain(pages);
  EXPECT_EQ(items_, 0U);
}

TEST_F(PagesTest, EndsWhenDestroyedWhileTheClusterStalls) {
  cluster_.fault({.verb = kube::Verb::list}, kube::FaultKind::stall, 1);
  {
    const Pages pages(context_, cluster_, {{secrets_, "", ""}});
    cluster_.wait_for_stalled(1);
  }
  EXPECT_TRUE(cluster_.unfired_faults().empty());
}

TEST_F(PagesTest, EndsWhenDestroyedWithPagesUnread) {
  Pages pages(context_, cluster_,
              {{configmaps_, "", ""}, {configmaps_, "", ""}, {configmaps_, "", ""}});

  EXPECT_TRUE(pages.next().has_value());
}

}  // namespace
}  // namespace salvor::backup
