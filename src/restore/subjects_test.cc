#include "restore/subjects.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

const NamespaceMap kMoved({{"shop", "new-shop"}}, "", "");

TEST(Subject, NamesANamespaceInThreeForms) {
  EXPECT_EQ(namespace_of_subject(
                json(R"({"kind": "ServiceAccount", "namespace": "shop", "name": "cart"})")),
            "shop");
  EXPECT_EQ(
      namespace_of_subject(json(R"({"kind": "User", "name": "system:serviceaccount:shop:cart"})")),
      "shop");
  EXPECT_EQ(
      namespace_of_subject(json(R"({"kind": "Group", "name": "system:serviceaccounts:shop"})")),
      "shop");
}

TEST(Subject, OfOtherUsersAndGroupsNamesNone) {
  for (const char* text :
       {R"({"kind": "User", "name": "alice"})", R"({"kind": "User", "name": "system:admin"})",
        R"({"kind": "User", "name": "system:serviceaccount:shop"})",
        R"({"kind": "User", "name": "system:serviceaccount::cart"})",
        R"({"kind": "User", "name": "system:serviceaccounts:shop"})",
        R"({"kind": "Group", "name": "system:serviceaccounts"})",
        R"({"kind": "Group", "name": "system:serviceaccount:shop:cart"})",
        R"({"kind": "Group", "name": "admins"})", R"({"kind": "Robot", "name": "shop"})", "null"}) {
    EXPECT_EQ(namespace_of_subject(json(text)), std::nullopt) << text;
  }
}

TEST(Subject, IsMappedInThreeForms) {
  EXPECT_EQ(mapped_subject(
                json(R"({"kind": "ServiceAccount", "namespace": "shop", "name": "cart"})"), kMoved),
            json(R"({"kind": "ServiceAccount", "namespace": "new-shop", "name": "cart"})"));
  EXPECT_EQ(mapped_subject(json(R"({"kind": "User", "name": "system:serviceaccount:shop:cart"})"),
                           kMoved),
            json(R"({"kind": "User", "name": "system:serviceaccount:new-shop:cart"})"));
  EXPECT_EQ(
      mapped_subject(json(R"({"kind": "Group", "name": "system:serviceaccounts:shop"})"), kMoved),
      json(R"({"kind": "Group", "name": "system:serviceaccounts:new-shop"})"));
}

TEST(Subject, OfAnotherNamespaceStaysAsItIs) {
  for (const char* text :
       {R"({"kind": "ServiceAccount", "namespace": "blog", "name": "cart"})",
        R"({"kind": "User", "name": "system:serviceaccount:shopping:cart"})",
        R"({"kind": "Group", "name": "shop"})", R"({"kind": "ServiceAccount", "name": "cart"})"}) {
    EXPECT_EQ(mapped_subject(json(text), kMoved), json(text));
  }
}

}  // namespace
}  // namespace salvor::restore
