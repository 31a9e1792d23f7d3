#include "kube/internal/list_page.h"

#include <gmock/gmock.h>

namespace salvor::kube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ResourceType kDeployments{.group = "apps",
                                .version = "v1",
                                .resource = "deployments",
                                .kind = "Deployment",
                                .namespaced = true};

TEST(ListPage, CutsItemsAndFillsInTheirType) {
  const auto page = read_list_page(
      R"({"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{"resourceVersion":"7",)"
      R"("continue":"abc"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]})",
      kDeployments);

  ASSERT_TRUE(page.ok()) << page.error().describe();
  EXPECT_THAT(
      page->items,
      ElementsAre(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}})",
                  R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"b"}})"));
  EXPECT_EQ(page->continue_token, "abc");
  EXPECT_EQ(page->resource_version, "7");
}

TEST(ListPage, KeepsTheTypeThatAnItemBrings) {
  const auto page = read_list_page(
      R"({"metadata":{},"items":[{"apiVersion":"apps/v9","kind":"Other"},{"kind":"Other"},)"
      R"({"spec":{"kind":"inner"}},{}]})",
      kDeployments);

  ASSERT_TRUE(page.ok()) << page.error().describe();
  EXPECT_THAT(page->items,
              ElementsAre(R"({"apiVersion":"apps/v9","kind":"Other"})",
                          R"({"apiVersion":"apps/v1","kind":"Other"})",
                          R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"kind":"inner"}})",
                          R"({"apiVersion":"apps/v1","kind":"Deployment"})"));
}

TEST(ListPage, TakesGosEmptyList) {
  const auto page =
      read_list_page(R"({"items":null,"metadata":{"resourceVersion":"7"}})", kDeployments);

  ASSERT_TRUE(page.ok()) << page.error().describe();
  EXPECT_THAT(page->items, IsEmpty());
  EXPECT_EQ(page->resource_version, "7");
}

TEST(ListPage, RefusesWhatIsNoList) {
  for (const char* body : {"", "[]", "{}", R"({"items":{}})", R"({"items":[1]})",
                           R"({"items":[{"a":1}]})"
                           "x",
                           R"({"metadata":"x,"items":[]})"}) {
    const auto page = read_list_page(body, kDeployments);
    ASSERT_FALSE(page.ok()) << body;
    EXPECT_EQ(page.error().code, ErrorCode::corrupt) << body;
    EXPECT_THAT(page.error().message, HasSubstr("reading the list of deployments.apps"));
  }
}

}  // namespace
}  // namespace salvor::kube
