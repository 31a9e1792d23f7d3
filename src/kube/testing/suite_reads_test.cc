#include <gmock/gmock.h>

#include <map>
#include <set>

#include "kube/testing/suite.h"

namespace salvor::kube {
namespace {

using testing::Contains;
using testing::ElementsAre;

INSTANTIATE_TEST_SUITE_P(Clusters, ApiSuite, testing::ValuesIn(clusters_under_test()),
                         [](const auto& cluster) { return cluster.param.name; });

std::vector<std::string> names_of(const ListPage& page) {
  std::vector<std::string> names;
  for (const std::string& item : page.items) {
    const auto parsed = parse_json(item);
    names.push_back(parsed.ok() ? text_at(member(*parsed, "metadata"), "name") : "not JSON");
  }
  return names;
}

TEST_P(ApiSuite, NamesItsVersion) {
  const auto version = api->version(context);

  ASSERT_TRUE(version.ok()) << version.error().describe();
  EXPECT_EQ(version->git_version.substr(0, 2), "v1");
  EXPECT_EQ(version->major, "1");
}

TEST_P(ApiSuite, DiscoversCoreKinds) {
  const ResourceType pods = type("", "pods");

  EXPECT_EQ(pods.kind, "Pod");
  EXPECT_EQ(pods.api_version(), "v1");
  EXPECT_TRUE(pods.namespaced);
  EXPECT_TRUE(pods.can("list"));
  EXPECT_FALSE(type("", "nodes").namespaced);
}

TEST_P(ApiSuite, DiscoversGroupsWithTheirPreferredVersion) {
  EXPECT_EQ(type("apps", "deployments").api_version(), "apps/v1");
  EXPECT_EQ(type("autoscaling", "horizontalpodautoscalers").version, "v2");
}

TEST_P(ApiSuite, LeavesSubresourcesOut) {
  const auto found = api->discover(context);

  ASSERT_TRUE(found.ok());
  for (const ResourceType& served : found->types) {
    EXPECT_EQ(served.resource.find('/'), std::string::npos) << served.resource;
  }
}

TEST_P(ApiSuite, GetsAnObjectWithItsType) {
  must_create(config_map("one"));

  const auto found = api->get(context, config_maps, {space, "one"});

  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_EQ(text_at(*found, "kind"), "ConfigMap");
  EXPECT_EQ(found->at("data").at("key"), "one");
}

TEST_P(ApiSuite, SaysWhichObjectIsNotFound) {
  const auto found = api->get(context, config_maps, {space, "none"});

  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
  EXPECT_EQ(refusal_of(found.error()), "404 NotFound");
  EXPECT_THAT(found.error().message, testing::HasSubstr("configmaps \"none\" not found"));
}

TEST_P(ApiSuite, DoesNotFindAKindThatIsNotServed) {
  const ResourceType ghosts{
      .group = "example.com", .version = "v1", .resource = "ghosts", .kind = "Ghost"};

  const auto listed = api->list(context, ghosts, {});

  ASSERT_FALSE(listed.ok());
  EXPECT_EQ(listed.error().code, ErrorCode::not_found);
}

TEST_P(ApiSuite, ListsItemsWithTheirType) {
  must_create(config_map("one"));

  const auto page =
      api->list(context, config_maps, {.namespace_name = space, .label_selector = "app=one"});

  ASSERT_TRUE(page.ok()) << page.error().describe();
  ASSERT_EQ(page->items.size(), 1U);
  const auto item = parse_json(page->items[0]);
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(text_at(*item, "apiVersion"), "v1");
  EXPECT_EQ(text_at(*item, "kind"), "ConfigMap");
}

TEST_P(ApiSuite, ListsPagesInOrderAtOneVersion) {
  for (const char* name : {"a", "b", "c", "d", "e"}) must_create(config_map(name));
  ListOptions options{.namespace_name = space, .label_selector = "app", .limit = 2};

  std::vector<std::string> names;
  std::set<std::string> versions;
  do {
    const auto page = api->list(context, config_maps, options);
    ASSERT_TRUE(page.ok()) << page.error().describe();
    for (const std::string& name : names_of(*page)) names.push_back(name);
    versions.insert(page->resource_version);
    options.continue_token = page->continue_token;
    must_create(config_map(unique("later") + std::to_string(names.size())));
  } while (!options.continue_token.empty());

  EXPECT_THAT(names, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(versions.size(), 1U);
}

TEST_P(ApiSuite, SelectsByLabelsInKubernetesSyntax) {
  for (const char* name : {"a", "b", "c"}) must_create(config_map(name));

  const std::map<std::string, std::vector<std::string>> expected = {
      {"app=a", {"a"}},
      {"app in (a,c)", {"a", "c"}},
      {"app,app notin (a)", {"b", "c"}},
      {"app,app!=b", {"a", "c"}},
      {"app,!other", {"a", "b", "c"}}};
  for (const auto& [selector, names] : expected) {
    const auto page =
        api->list(context, config_maps, {.namespace_name = space, .label_selector = selector});
    ASSERT_TRUE(page.ok()) << page.error().describe();
    EXPECT_EQ(names_of(*page), names) << selector;
  }
}

TEST_P(ApiSuite, RefusesABrokenSelector) {
  const auto page = api->list(context, config_maps, {.label_selector = "app in a"});

  ASSERT_FALSE(page.ok());
  EXPECT_EQ(refusal_of(page.error()), "400 BadRequest");
  EXPECT_EQ(page.error().code, ErrorCode::invalid);
}

TEST_P(ApiSuite, RefusesABrokenContinueToken) {
  const auto page = api->list(context, config_maps, {.continue_token = "what"});

  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().code, ErrorCode::invalid);
}

TEST_P(ApiSuite, WatchesFromAVersionOn) {
  must_create(config_map("before"));
  const auto page = api->list(context, config_maps, {.namespace_name = space});
  ASSERT_TRUE(page.ok()) << page.error().describe();
  must_create(config_map("one"));
  ASSERT_TRUE(api->patch(context, config_maps, {space, "one"}, PatchKind::merge,
                         {{"data", {{"key", "two"}}}}, {})
                  .ok());
  ASSERT_TRUE(api->remove(context, config_maps, {space, "one"}, {}).ok());

  std::vector<std::string> seen;
  const auto watched =
      api->watch(context, config_maps,
                 {.namespace_name = space,
                  .label_selector = "app",
                  .resource_version = page->resource_version},
                 [&](const WatchEvent& event) {
                   if (event.type == WatchEvent::Type::bookmark) return true;
                   const std::string mark = event.type == WatchEvent::Type::added      ? "+"
                                            : event.type == WatchEvent::Type::modified ? "~"
                                                                                       : "-";
                   seen.push_back(mark + text_at(member(event.object, "metadata"), "name"));
                   return seen.size() < 3;
                 });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_THAT(seen, ElementsAre("+one", "~one", "-one"));
}

TEST_P(ApiSuite, EndsAWatchAtItsDeadlineWithoutAnError) {
  const auto page = api->list(context, config_maps, {.namespace_name = space});
  ASSERT_TRUE(page.ok()) << page.error().describe();
  Context brief = context.within(std::chrono::milliseconds(300));

  const auto watched = api->watch(
      brief, config_maps, {.namespace_name = space, .resource_version = page->resource_version},
      [](const WatchEvent&) { return true; });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_TRUE(brief.expired());
}

TEST_P(ApiSuite, CancelsACallWhoseTokenIsStopped) {
  std::stop_source source;
  source.request_stop();
  Context stopped = context.stopped_by(source.get_token());

  const auto found = api->get(stopped, config_maps, {space, "one"});

  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace salvor::kube
