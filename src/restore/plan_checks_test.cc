#include "restore/plan_checks.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::bare_facts;
using testing::json;
using testing::options_of;

Result<void> check(const std::string& restore, const ClusterFacts& facts,
                   const std::set<std::string>& namespaces = {"shop"}) {
  return check_request({{}, {}, namespaces, {}}, facts, options_of(json(restore)));
}

TEST(Request, WithoutWishesIsFine) {
  EXPECT_TRUE(check(R"({"selection": {}})", bare_facts()).ok());
}

TEST(Request, MayMapToAnyClassWithADriverOfItsOwn) {
  ClusterFacts facts = bare_facts();
  facts.storage_classes["fast"] = {"csi.example.com", false};

  EXPECT_TRUE(check(R"({"selection": {}, "storage_class_map": {"slow": "fast"}})", facts).ok());
}

TEST(Request, SaysWhatToDoAboutAClassThatIsNotThere) {
  const auto checked =
      check(R"({"selection": {}, "storage_class_map": {"slow": "fast"}})", bare_facts());

  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, ErrorCode::invalid);
  EXPECT_EQ(checked.error().hint, "create the storage class or map to one of the cluster's own");
}

TEST(Request, MayNotNameANamespaceWhatNoNamespaceCanBeNamed) {
  const auto checked =
      check(R"({"selection": {}, "namespaces_prefix": "Not-"})", bare_facts(), {"shop"});

  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, ErrorCode::invalid);
}

TEST(Request, IsNotHeldToNamespacesThatItDoesNotRestore) {
  EXPECT_TRUE(
      check(R"({"selection": {}, "namespaces_map": {"other": "Bad_Name"}})", bare_facts()).ok());
}

}  // namespace
}  // namespace salvor::restore
