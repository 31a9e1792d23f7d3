#include "restore/field_managers.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

const Json kBare = json(R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b",
                            "uid": "1", "resourceVersion": "100"}})");

TEST(FieldManagers, TellWhoMadeAnObject) {
  const Json object = json(R"({"metadata": {"managedFields": [{"manager": "salvor-1"}]}})");

  EXPECT_TRUE(is_made_by(object, "salvor-1", object, ""));
  EXPECT_FALSE(is_made_by(object, "salvor-2", object, "1"));
}

TEST(FieldManagers, OfAnObjectThatSaysNothingItsAgeTells) {
  EXPECT_TRUE(is_made_by(kBare, "salvor-1", kBare, "99"));
  EXPECT_FALSE(is_made_by(kBare, "salvor-1", kBare, "100"));
  EXPECT_FALSE(is_made_by(kBare, "salvor-1", kBare, "1000"));
  EXPECT_FALSE(is_made_by(kBare, "salvor-1", kBare, ""));
  EXPECT_FALSE(is_made_by(kBare, "salvor-1", json(R"({"data": {"a": "b"}})"), "99"));
}

TEST(FieldManagers, KnowWhatSaysNothing) {
  EXPECT_TRUE(says_nothing(kBare));
  EXPECT_TRUE(says_nothing(json(R"({"metadata": {"labels": {}}, "data": {}})")));
  EXPECT_TRUE(says_nothing(json(R"({"metadata": {"ownerReferences": [{"name": "late"}]}})")));
  EXPECT_FALSE(says_nothing(json(R"({"metadata": {"labels": {"a": "b"}}})")));
  EXPECT_FALSE(says_nothing(json(R"({"metadata": {}, "data": {"a": "b"}})")));
}

TEST(FieldManagers, TellWhoElseHasWritten) {
  const Json object = json(R"({"metadata": {"managedFields": [{"manager": "salvor-1"},
      {"manager": "salvor-1-merge"}, {"manager": "kube-controller-manager"},
      {"manager": "kubectl-edit"}, {"manager": "operator", "subresource": "status"}]}})");

  EXPECT_EQ(foreign_writers(object, "salvor-1"), std::vector<std::string>{"kubectl-edit"});
  EXPECT_TRUE(foreign_writers(json(R"({"metadata": {"managedFields": 7}})"), "x").empty());
}

}  // namespace
}  // namespace salvor::restore
