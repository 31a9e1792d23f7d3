#include "restore/plan_job.h"

#include <gtest/gtest.h>

#include "kube/status.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using testing::json;
using testing::object;

std::vector<Json> shop() {
  return {object("v1", "Namespace", "", "shop"),
          object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "c2VjcmV0"}})")),
          object("v1", "ConfigMap", "shop", "settings", json(R"({"data": {"a": "b"}})")),
          object("v1", "ConfigMap", "shop", "kube-root-ca.crt"),
          object("example.com/v1", "Widget", "shop", "w")};
}

class PlanJob : public ::testing::Test {
 protected:
  // Makes a plan of the restore; its id.
  std::string planned() {
    const std::string job = bench.add_job(restore, {{"type", "RESTORE_PLAN"}});
    bench.run(job, cluster);
    return job;
  }
  std::string restored(const std::string& hash) {
    const std::string job = bench.add_job(restore, {{"plan_hash", hash}});
    bench.run(job, cluster);
    return job;
  }
  void define(const Json& fields) { restore = bench.add_restore(bench.add_point(shop()), fields); }
  Json row_of(const std::string& plan, const std::string& name) {
    for (const Json& row : bench.plan_rows(plan)) {
      if (row["source_name"] == name) return row;
    }
    return {};
  }

  Bench bench;
  kube::FakeCluster cluster{bench.clock};
  std::string restore = bench.add_restore(bench.add_point(shop()));
};

TEST_F(PlanJob, ForetellsEachItemAndChangesNothing) {
  const std::vector<Json> before = cluster.everything();

  const std::string plan = planned();

  EXPECT_EQ(cluster.everything(), before);
  EXPECT_EQ(bench.job(plan)["state"], "COMPLETED");
  EXPECT_EQ(bench.plan(plan)["restore_id"], restore);
  EXPECT_EQ(bench.plan(plan)["num_items"], 5);
  EXPECT_EQ(bench.plan(plan)["outcomes"],
            json(R"({"CREATED": 3, "CLUSTER_PUBLISHED": 1, "UNSUPPORTED_VERSION": 1})"));
  EXPECT_EQ(bench.plan(plan)["checks"][0]["check"], "versions");
  EXPECT_EQ(row_of(plan, "settings")["reason"], "CREATED");
  EXPECT_EQ(row_of(plan, "settings")["predictable"], true);
}

TEST_F(PlanJob, ShowsWhatWouldChangeAndNoSecrets) {
  define({{"existing_policy", "replace"}, {"namespaces_map", {{"shop", "new"}}}});
  cluster.seed(object("v1", "ConfigMap", "new", "settings", json(R"({"data": {"a": "theirs"}})")));
  cluster.seed(object("v1", "Secret", "new", "password", json(R"({"data": {"p": "dGhlaXJz"}})")));

  const std::string plan = planned();

  EXPECT_EQ(row_of(plan, "settings")["reason"], "REPLACED");
  EXPECT_EQ(row_of(plan, "settings")["diff"],
            json(R"([{"path": "/data/a", "before": "theirs", "after": "b"}])"));
  EXPECT_EQ(row_of(plan, "settings")["rewrites"],
            json(R"([{"path": "/metadata/namespace", "before": "shop", "after": "new"}])"));
  EXPECT_EQ(row_of(plan, "password")["diff"],
            json(R"j([{"path": "/data", "before": "(hidden)", "after": "(hidden)"}])j"));
  EXPECT_EQ(compact(bench.plan_rows(plan)).find("c2VjcmV0"), std::string::npos);
}

TEST_F(PlanJob, SaysWhoHasAsayInTheOutcome) {
  cluster.seed(object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "",
                      "gate", json(R"({"webhooks": [{"name": "gate.example.com", "rules": [{
                        "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                        "resources": ["configmaps"]}]}]})")));

  const std::string plan = planned();

  EXPECT_EQ(row_of(plan, "settings")["predictable"], false);
  EXPECT_EQ(row_of(plan, "settings")["unpredictable"],
            "admission webhooks may change or refuse it: gate.example.com");
  EXPECT_EQ(row_of(plan, "password")["predictable"], true);
  EXPECT_EQ(bench.plan(plan)["num_unpredictable"], 1);
}

TEST_F(PlanJob, ARunWithItsHashDoesIt) {
  const std::string plan = planned();

  const std::string job = restored(bench.plan(plan)["hash"]);

  std::vector<Json> foretold = bench.plan_rows(plan);
  const std::vector<Json> done = bench.rows(job);
  ASSERT_EQ(foretold.size(), done.size()) << bench.job(job)["message"];
  for (std::size_t i = 0; i < done.size(); ++i) {
    EXPECT_EQ(foretold[i]["reason"], done[i]["reason"]) << done[i];
    EXPECT_EQ(foretold[i]["state"], done[i]["state"]) << done[i];
  }
}

TEST_F(PlanJob, ARunWithItsHashDoesNothingWhenTheClusterHasChanged) {
  define({{"existing_policy", "replace"}});
  cluster.seed(object("v1", "ConfigMap", "shop", "settings", json(R"({"data": {"a": "theirs"}})")));
  const std::string hash = bench.plan(planned())["hash"];
  Json changed = cluster.peek("configmaps", {"shop", "settings"}).value();
  changed["data"]["a"] = "changed";
  cluster.seed(changed);
  const std::vector<Json> before = cluster.everything();

  const std::string job = restored(hash);

  EXPECT_EQ(bench.job(job)["state"], "FAILED");
  EXPECT_NE(text_at(bench.job(job), "message").find("has changed since the plan"),
            std::string::npos);
  EXPECT_EQ(cluster.everything(), before);
  EXPECT_TRUE(bench.rows(job).empty());
}

TEST_F(PlanJob, ItsHashIsTheSameWhileNothingChanges) {
  EXPECT_EQ(bench.plan(planned())["hash"], bench.plan(planned())["hash"]);
}

TEST_F(PlanJob, ListsFreeTextsWithModifiersThatRewriteThem) {
  std::vector<Json> objects = shop();
  objects[2]["data"]["url"] = "http://web.shop/";
  objects[1]["data"]["u"] = "ZGIuc2hvcC5zdmM=";  // db.shop.svc
  const std::string point = bench.add_point(objects);
  const Json mapped = {{"namespaces_map", {{"shop", "new"}}}};
  restore = bench.add_restore(point, mapped);

  const std::string plan = planned();

  EXPECT_EQ(bench.plan(plan)["num_free_texts"], 2);
  EXPECT_EQ(row_of(plan, "settings")["free_texts"],
            json(R"([{"path": "/data/url", "before": "http://web.shop/",
                      "after": "http://web.new/"}])"));
  EXPECT_EQ(row_of(plan, "password")["free_texts"],
            json(R"j([{"path": "/data/u", "before": "(hidden)", "after": "(hidden)"}])j"));

  Json accepted = mapped;
  accepted["modifiers"] = bench.plan(plan)["suggested_modifiers"];
  restore = bench.add_restore(point, accepted);
  EXPECT_EQ(bench.plan(planned())["num_free_texts"], 1);
  const std::string job = bench.add_job(restore);
  bench.run(job, cluster);
  EXPECT_EQ(cluster.peek("configmaps", {"new", "settings"})->at("data").at("url"),
            "http://web.new/");
}

TEST_F(PlanJob, MayAskTheServerWhichHasItsSay) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.settle();
  cluster.on_request([](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb != kube::Verb::create || request.key.name != "settings") return {};
    return kube::to_error(
        {.code = 403, .message = "admission webhook \"w\" denied the request: no"},
        kube::Access::write);
  });
  const std::vector<Json> before = cluster.everything();
  const std::string job = bench.add_job(restore, {{"type", "RESTORE_PLAN"}, {"dry_run", "server"}});

  bench.run(job, cluster);

  EXPECT_EQ(cluster.everything(), before);
  EXPECT_EQ(row_of(job, "settings")["reason"], "ADMISSION_REFUSED");
  EXPECT_EQ(row_of(job, "settings")["message"], "admission webhook \"w\" denied the request: no");
  EXPECT_EQ(row_of(job, "password")["reason"], "CREATED");
  EXPECT_EQ(row_of(job, "password")["predictable"], true);
}

TEST_F(PlanJob, SaysWhereTheServerCouldNotBeAsked) {
  const std::string job = bench.add_job(restore, {{"type", "RESTORE_PLAN"}, {"dry_run", "server"}});

  bench.run(job, cluster);

  EXPECT_EQ(row_of(job, "password")["predictable"], false);
}

TEST_F(PlanJob, EndsWithoutRowsWhenItCannotBeMade) {
  define({{"namespaces_map", {{"shop", "Not A Name"}}}});

  const std::string plan = planned();

  EXPECT_EQ(bench.job(plan)["state"], "FAILED");
  EXPECT_TRUE(bench.plan_rows(plan).empty());
}

}  // namespace
}  // namespace salvor::restore
