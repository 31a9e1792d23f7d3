#include "kube/reflector.h"

#include <gmock/gmock.h>

#include "kube/testing/fake_cluster.h"

namespace salvor::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReflectorTest : public testing::Test {
 protected:
  void seed(const std::string& name) {
    cluster.seed({{"apiVersion", "v1"},
                  {"kind", "Secret"},
                  {"metadata", {{"name", name}, {"namespace", "shop"}}}});
  }

  FakeCluster cluster{system_clock()};
  Context context = background();
  const ResourceType secrets{
      .group = "", .version = "v1", .resource = "secrets", .kind = "Secret", .namespaced = true};
};

TEST_F(ReflectorTest, ListsAllPages) {
  for (const char* name : {"a", "b", "c", "d", "e"}) seed(name);

  const auto all = list_all(context, cluster, secrets, {.namespace_name = "shop", .limit = 2});

  ASSERT_TRUE(all.ok()) << all.error().describe();
  EXPECT_EQ(all->items.size(), 5U);
}

TEST_F(ReflectorTest, StartsAListAgainWhoseVersionIsForgotten) {
  for (const char* name : {"a", "b", "c"}) seed(name);
  int lists = 0;
  cluster.on_request([&](const FakeRequest& request) -> Result<void> {
    if (request.verb == Verb::list && ++lists == 2) {
      seed("d");
      cluster.forget_history();
    }
    return {};
  });

  const auto all = list_all(context, cluster, secrets, {.namespace_name = "shop", .limit = 2});

  ASSERT_TRUE(all.ok()) << all.error().describe();
  EXPECT_EQ(all->items.size(), 4U);
}

TEST_F(ReflectorTest, WatchesFromTheListOn) {
  seed("a");
  std::vector<std::string> changes;

  const auto ended = list_then_watch(
      context, cluster, secrets, {.namespace_name = "shop"},
      [&](const std::vector<std::string>& items) {
        EXPECT_EQ(items.size(), 1U);
        seed("b");
        return true;
      },
      [&](const WatchEvent& event) {
        changes.push_back(text_at(member(event.object, "metadata"), "name"));
        return false;
      });

  EXPECT_TRUE(ended.ok()) << ended.error().describe();
  EXPECT_THAT(changes, ElementsAre("b"));
}

TEST_F(ReflectorTest, ListsAgainWhenTheWatchHasExpired) {
  seed("a");
  std::vector<std::size_t> lists;

  const auto ended = list_then_watch(
      context, cluster, secrets, {.namespace_name = "shop"},
      [&](const std::vector<std::string>& items) {
        lists.push_back(items.size());
        if (lists.size() == 2) return false;
        seed("b");
        cluster.forget_history();
        return true;
      },
      [](const WatchEvent&) { return true; });

  EXPECT_TRUE(ended.ok()) << ended.error().describe();
  EXPECT_THAT(lists, ElementsAre(1, 2));
}

TEST_F(ReflectorTest, ReturnsAListsFailure) {
  cluster.fault({.verb = Verb::list}, FaultKind::internal_error, 4);

  const auto all = list_all(context, cluster, secrets, {});

  ASSERT_FALSE(all.ok());
  EXPECT_EQ(all.error().fact("http_status"), "500");
  EXPECT_THAT(cluster.unfired_faults(), IsEmpty());
}

}  // namespace
}  // namespace salvor::kube
