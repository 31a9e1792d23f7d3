#include "restore/ledger.h"

#include <gtest/gtest.h>

#include <random>

#include "restore/testing/bench.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::definition;
using testing::object;
using testing::owned_by;

constexpr const char* kJob = "5f80d0a8f281487d59c69fff";
const LedgerIds kIds{kJob, "5f80d0a511556131dd9894e5", "5f80d09ff281487d59c69f5b"};

bool same(const OwnerLink& a, const OwnerLink& b) {
  return a.how == b.how && a.owner == b.owner && a.reference == b.reference;
}

void expect_same(const Step& a, const Step& b) {
  EXPECT_EQ(a.number, b.number);
  EXPECT_EQ(a.item, b.item);
  EXPECT_EQ(a.type.group_resource(), b.type.group_resource());
  EXPECT_EQ(a.type.api_version(), b.type.api_version());
  EXPECT_EQ(a.type.kind, b.type.kind);
  EXPECT_EQ(a.type.namespaced, b.type.namespaced);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.target_namespace, b.target_namespace);
  EXPECT_EQ(a.target_name, b.target_name);
  EXPECT_EQ(a.wave, b.wave);
  EXPECT_EQ(a.action, b.action);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.message, b.message);
  EXPECT_EQ(a.needs, b.needs);
  EXPECT_TRUE(std::equal(a.owners.begin(), a.owners.end(), b.owners.begin(), b.owners.end(), same));
  EXPECT_EQ(a.keeps_volume, b.keeps_volume);
  EXPECT_EQ(a.from_copy, b.from_copy);
}

void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.http_status, b.http_status);
  EXPECT_EQ(a.message, b.message);
  EXPECT_EQ(a.uid, b.uid);
  EXPECT_EQ(a.attempts, b.attempts);
  EXPECT_EQ(a.start_time, b.start_time);
  EXPECT_EQ(a.end_time, b.end_time);
  EXPECT_EQ(a.is_fenced, b.is_fenced);
}

Plan some_plan() {
  const Json app = object("example.com/v1", "Widget", "shop", "app");
  const std::vector<Json> backup = {
      definition("example.com", "Widget"),
      object("v1", "Namespace", "", "shop"),
      app,
      owned_by(object("v1", "Secret", "shop", "näme \"quoted\""), app),
      owned_by(object("v1", "ConfigMap", "shop", "gone"), object("v1", "Secret", "shop", "lost")),
      object("v1", "ConfigMap", "shop", "kube-root-ca.crt"),
      object("v1", "ServiceAccount", "blog", "runner"),
      object("other.org/v9", "Thing", "shop", "unserved"),
      object("v1", "PersistentVolume", "", "nfs"),
      object("v1", "PersistentVolumeClaim", "shop", "data", {{"spec", {{"volumeName", "nfs"}}}})};
  const Options options =
      testing::options_of({{"selection", Json::object()}, {"namespaces_prefix", "x-"}});
  return make_plan(testing::items_of(backup, options), testing::bare_facts(), options).value();
}

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() {
    ledger.plan = some_plan();
    commit({catalog::Insert{
        "jobs",
        kJob,
        {{"type", "RESTORE"}, {"state", "RUNNING"}, {"lease", jobs::to_json(lease)}}}});
    jobs::LeaseRun run(*bench.catalog, bench.context, kJob, Json::object(), lease, false);
    const auto inserted = insert_rows(run, ledger, kIds);
    CHECK(inserted.ok());
  }

  void commit(std::vector<catalog::Change> changes) {
    const auto written = bench.catalog->commit(bench.context, {std::move(changes)});
    ASSERT_TRUE(written.ok()) << written.error().describe();
  }
  Ledger loaded() { return load_ledger(bench.context, *bench.catalog, kJob).value(); }

  testing::Bench bench;
  const jobs::Lease lease{"me", 1, 0};
  Ledger ledger;
};

TEST_F(LedgerTest, GivesAFreshPlanBackExactly) {
  const Ledger back = loaded();

  ASSERT_EQ(back.plan.steps.size(), ledger.plan.steps.size());
  for (std::size_t i = 0; i < ledger.plan.steps.size(); ++i) {
    expect_same(back.plan.steps[i], ledger.plan.steps[i]);
    expect_same(back.outcomes[i], ledger.outcomes[i]);
  }
  EXPECT_EQ(back.row_ids, ledger.row_ids);
}

TEST_F(LedgerTest, ReplacesTheRowsOfAnUnfinishedPlan) {
  jobs::LeaseRun run(*bench.catalog, bench.context, kJob, Json::object(), lease, false);
  ASSERT_TRUE(insert_rows(run, ledger, kIds).ok());

  const Ledger back = loaded();

  EXPECT_EQ(back.plan.steps.size(), ledger.plan.steps.size());
  EXPECT_EQ(back.row_ids, ledger.row_ids);
}

TEST_F(LedgerTest, GivesPlanAndOutcomesBackExactly) {
  jobs::LeaseRun run(*bench.catalog, bench.context, kJob, bench.job(kJob), lease, false);
  LedgerSink sink(run, ledger, kIds);
  std::mt19937 random(1);
  std::vector<Outcome> outcomes(ledger.plan.steps.size());
  for (const Step& step : ledger.plan.steps) {
    Outcome& outcome = outcomes[step.number];
    if (random() % 4 == 0) continue;
    outcome = {reasons()[1 + random() % (reasons().size() - 1)].reason,
               static_cast<int>(200 + random() % 300),
               "said \"no\"\n",
               random() % 2 ? "uid-1" : "",
               static_cast<std::uint32_t>(random() % 5),
               1'700'000'000,
               1'700'000'007,
               random() % 2 == 0};
    ASSERT_TRUE(sink.note(step, outcome).ok());
  }
  ASSERT_TRUE(sink.flush().ok());

  const Ledger back = loaded();

  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    expect_same(back.outcomes[i], outcomes[i]);
    expect_same(back.plan.steps[i], ledger.plan.steps[i]);
  }
}

TEST_F(LedgerTest, OfAnotherJobIsEmpty) {
  const Ledger other =
      load_ledger(bench.context, *bench.catalog, "5f80d0a8f281487d59c69000").value();

  EXPECT_TRUE(other.plan.steps.empty());
}

TEST_F(LedgerTest, WithAGapIsCorrupt) {
  commit({catalog::Remove{kItems, ledger.row_ids[3]}});

  const auto back = load_ledger(bench.context, *bench.catalog, kJob);

  ASSERT_FALSE(back.ok());
  EXPECT_EQ(back.error().code, ErrorCode::corrupt);
}

TEST_F(LedgerTest, WritesInBatches) {
  jobs::LeaseRun run(*bench.catalog, bench.context, kJob, bench.job(kJob), lease, false);
  LedgerSink sink(run, ledger, kIds);
  Outcome done;
  done.reason = Reason::created;

  ASSERT_TRUE(sink.note(ledger.plan.steps[0], done).ok());
  EXPECT_TRUE(loaded().outcomes[0].is_open());

  ASSERT_TRUE(bench.context.wait(std::chrono::seconds(1)).ok());
  ASSERT_TRUE(sink.note(ledger.plan.steps[1], done).ok());
  EXPECT_EQ(loaded().outcomes[0].reason, Reason::created);
  EXPECT_EQ(bench.job(kJob)["num_restored_resources"], 2);
}

TEST_F(LedgerTest, WritesNothingOnceTheLeaseIsLost) {
  jobs::LeaseRun run(*bench.catalog, bench.context, kJob, bench.job(kJob), lease, false);
  LedgerSink sink(run, ledger, kIds);
  bench.set_job(kJob, {{"lease", jobs::to_json({"other", 2, 0})}});
  Outcome done;
  done.reason = Reason::created;

  ASSERT_TRUE(sink.note(ledger.plan.steps[0], done).ok());
  EXPECT_FALSE(sink.flush().ok());

  EXPECT_TRUE(loaded().outcomes[0].is_open());
}

TEST(LedgerRow, ShowsPeopleWhatWasDoneAndWhy) {
  Step step;
  step.number = 4;
  step.type = {"", "v1", "secrets", "Secret", true, {}};
  step.source = {"secrets", "shop", "a"};
  step.target_namespace = "new-shop";
  step.target_name = "a";
  step.wave = Wave::access;
  Outcome outcome;
  outcome.reason = Reason::quota_exceeded;
  outcome.http_status = 403;
  outcome.message = "exceeded quota";

  const Json fields = row(step, outcome, kIds);

  EXPECT_EQ(fields["state"], "FAILED");
  EXPECT_EQ(fields["reason"], "QUOTA_EXCEEDED");
  EXPECT_EQ(fields["hint"], "raise the quota, then run the restore again");
  EXPECT_EQ(fields["source_namespace"], "shop");
  EXPECT_EQ(fields["namespace"], "new-shop");
  EXPECT_EQ(fields["action"], "CREATE");
  EXPECT_EQ(fields["why"], rule_for("secrets").why);
  EXPECT_FALSE(fields.contains("k8s_uid"));
}

TEST(LedgerCounts, AreByWhatAReasonMeans) {
  std::vector<Outcome> outcomes(6);
  outcomes[1].reason = Reason::created;
  outcomes[2].reason = Reason::merged;
  outcomes[3].reason = Reason::exists;
  outcomes[4].reason = Reason::controlled;
  outcomes[5].reason = Reason::invalid;

  const Counts counts = count(outcomes);

  EXPECT_EQ(counts.total, 6U);
  EXPECT_EQ(counts.open, 1U);
  EXPECT_EQ(counts.done, 2U);
  EXPECT_EQ(counts.kept, 1U);
  EXPECT_EQ(counts.skipped, 1U);
  EXPECT_EQ(counts.failed, 1U);
}

}  // namespace
}  // namespace salvor::restore
