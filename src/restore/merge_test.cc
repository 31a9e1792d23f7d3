#include "restore/merge.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

const Json kLive = json(R"({"apiVersion": "v1", "kind": "ServiceAccount",
    "metadata": {"name": "default", "resourceVersion": "7", "uid": "1", "labels": {"a": "theirs"}},
    "secrets": [{"name": "x"}]})");

TEST(Merge, AddsWhatIsMissing) {
  EXPECT_EQ(
      additions(json(R"({"apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "labels": {"b": "ours"}, "annotations": {"c": "d"}},
                "secrets": [{"name": "x"}, {"name": "y"}], "imagePullSecrets": [{"name": "z"}],
                "automountServiceAccountToken": false})"),
                kLive),
      json(
          R"({"metadata": {"resourceVersion": "7", "labels": {"b": "ours"}, "annotations": {"c": "d"}},
                "secrets": [{"name": "x"}, {"name": "y"}], "imagePullSecrets": [{"name": "z"}],
                "automountServiceAccountToken": false})"));
}

TEST(Merge, ChangesNothingThatIsThere) {
  EXPECT_TRUE(
      additions(json(R"({"metadata": {"labels": {"a": "ours"}}, "secrets": [{"name": "x"}]})"),
                kLive)
          .is_null());
}

TEST(Merge, HasNothingToAddOfAnEmptyObject) {
  EXPECT_TRUE(
      additions(json(R"({"metadata": {}, "secrets": [], "status": {"a": 1}})"), kLive).is_null());
}

TEST(Merge, KeepsWhatOthersPutIntoAList) {
  const Json patch = additions(json(R"({"metadata": {}, "secrets": [{"name": "y"}]})"), kLive);

  EXPECT_EQ(patch["secrets"], json(R"([{"name": "x"}, {"name": "y"}])"));
}

TEST(Merge, OfWhatWasMergedAddsNothing) {
  const Json wanted = json(R"({"metadata": {"labels": {"b": "c"}}, "secrets": [{"name": "y"}]})");
  Json live = kLive;
  live.merge_patch(additions(wanted, live));

  EXPECT_TRUE(additions(wanted, live).is_null());
}

}  // namespace
}  // namespace salvor::restore
