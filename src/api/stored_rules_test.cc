#include "api/stored_rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/problem.h"
#include "api/testing/server.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

Error conflict(const char* fact, const char* value) {
  return error(ErrorCode::conflict, "x").with(fact, value);
}

TEST(CommitRefused, GivesEachConflictItsAnswer) {
  const Json document = {{"name", "b"}};

  EXPECT_EQ(http_status(commit_refused(conflict("field", "_etag"), document)), 412);
  EXPECT_EQ(http_status(commit_refused(conflict("field", "_id"), document)), 409);
  const Error unique = commit_refused(conflict("field", "name"), document);
  EXPECT_EQ(http_status(unique), 422);
  EXPECT_NE(problem(unique).body.find("value 'b' is not unique"), std::string::npos);
  const Error busy =
      commit_refused(conflict("document", "5f80").with("resource", "jobs"), document);
  EXPECT_EQ(http_status(busy), 409);
  EXPECT_NE(busy.message.find("job 5f80 is not over yet"), std::string::npos);
  const Error needed =
      commit_refused(conflict("document", "5f80").with("resource", "kubeoffloads"), document);
  EXPECT_EQ(http_status(needed), 409);
  EXPECT_NE(needed.message.find("5f80 of kubeoffloads refers to it"), std::string::npos);
}

TEST(CommitRefused, LeavesOtherErrorsAlone) {
  EXPECT_EQ(http_status(commit_refused(error(ErrorCode::exhausted, "disk full"), Json())), 507);
  EXPECT_EQ(commit_refused(refusal(418, "teapot"), Json()).message, "teapot");
}

TEST(ReferenceGuards, AbortACommitWhenTheDocumentHasGone) {
  testing::Server server;
  Context context{server.clock, null_log(), {}, {}};
  const std::string cluster = server.cluster();
  catalog::Transaction transaction;
  transaction.changes = reference_guards({{"cluster", "kubeclusters", cluster}});
  transaction.changes.emplace_back(
      catalog::Insert{"kubebackups", "", {{"name", "b"}, {"cluster", cluster}}});
  server.remove("kubeclusters/" + cluster);

  const auto committed = server.catalog().commit(context, transaction);

  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(http_status(committed.error()), 422);
  EXPECT_EQ(server.count("kubebackups", "name", "b"), 0U);
}

TEST(StoredRules, DoNotHoldADocumentsOwnNameAgainstIt) {
  testing::Server server;
  Context context{server.clock, null_log(), {}, {}};
  const std::string cluster = server.cluster("mine");
  const schema::Resource& resource = *resources::find("kubeclusters");
  schema::Validated own;
  own.document = {{"name", "mine"}};
  schema::Validated other = own;

  ASSERT_TRUE(check_stored_rules(context, server.catalog(), resource, own, cluster).ok());
  ASSERT_TRUE(check_stored_rules(context, server.catalog(), resource, other, "").ok());

  EXPECT_TRUE(own.ok());
  EXPECT_EQ(other.issues["name"], "value 'mine' is not unique");
}

}  // namespace
}  // namespace salvor::api
