#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class Restore : public ::testing::Test {
 protected:
  Restore() {
    lab = shell.server.add("kubeclusters", {{"name", "lab"}});
    add_point("first", "READY", 100);
    latest = add_point("second", "READY", 200);
    add_point("third", "PENDING", 300);
  }
  std::string add_point(const char* name, const char* state, int start_time) {
    return shell.server.add(
        "backupinstances",
        {{"name", name}, {"state", state}, {"start_time", start_time}, {"backupdef_name", "shop"}});
  }
  const Json& defined() { return shell.server.all("kuberestores").at(0); }
  // The restore's job ends at the first wait, with these items.
  void end_job(const std::string& state, const std::vector<Json>& items) {
    shell.clock.on_wait = [this, state, items] {
      if (shell.server.all("jobs").empty()) return;
      const std::string id = shell.server.all("jobs").back()["_id"];
      if (text_at(shell.server.at("jobs", id), "state") == state) return;
      shell.server.at("jobs", id)["state"] = state;
      for (Json item : items) {
        item["job_id"] = id;
        shell.server.add("kuberestoreitems", item);
      }
    };
  }
  Shell shell;
  std::string lab;
  std::string latest;
};

TEST_F(Restore, TakesTheLatestReadyPointOfABackup) {
  ASSERT_EQ(shell.run("restore create --from latest:shop"), 0) << shell.err();

  EXPECT_EQ(defined()["backup_inst"], latest);
  EXPECT_EQ(defined()["name"], "shop-1602277544");
  EXPECT_EQ(defined()["selection"], Json({{"all_namespaces", true}}));
  EXPECT_FALSE(defined().contains("cluster"));
  EXPECT_EQ(shell.server.all("jobs").size(), 1U);
}

TEST_F(Restore, SendsWhatTheFlagsSay) {
  ASSERT_EQ(shell.run("restore create back --from first --cluster lab -n a -n b --map a=x "
                      "--map b=y --prefix p- --suffix -s --type secrets --type deployments "
                      "--storage-class slow=fast --no-volumes -l app=web --no-run"),
            0)
      << shell.err();

  EXPECT_EQ(defined()["name"], "back");
  EXPECT_EQ(defined()["cluster"], lab);
  EXPECT_EQ(defined()["namespaces_map"], Json({{"a", "x"}, {"b", "y"}}));
  EXPECT_EQ(defined()["namespaces_prefix"], "p-");
  EXPECT_EQ(defined()["namespaces_suffix"], "-s");
  EXPECT_EQ(defined()["storage_class_map"], Json({{"slow", "fast"}}));
  EXPECT_EQ(defined()["selection"], Json({{"namespaces", {"a", "b"}},
                                          {"label_selector", {{"app", "web"}}},
                                          {"restorePersistentVolumes", false},
                                          {"include_resource_types", {"secrets", "deployments"}}}));
  EXPECT_TRUE(shell.server.all("jobs").empty());
}

TEST_F(Restore, NeedsAPointThatIsReady) {
  EXPECT_EQ(shell.run("restore create --from latest:nothing"), 3);
  EXPECT_THAT(shell.err(), HasSubstr("backup 'nothing' has no READY recovery point"));
}

TEST_F(Restore, RefusesFlagsThatContradictBeforeItAsksTheServer) {
  for (const char* flags : {"", "--from x --no-run --wait", "--from x --no-run --run",
                            "--from x --map a", "--from x --map a=b --map a=c",
                            "--from x -n a --all-namespaces", "--from x --timeout soon"}) {
    EXPECT_EQ(shell.run(std::string("restore create r ") + flags), 2) << flags;
  }
  EXPECT_TRUE(shell.server.log.empty());
}

TEST_F(Restore, WaitsAndReportsEachItemThatWasNotRestored) {
  end_job("PARTIAL",
          {{{"kind", "ConfigMap"}, {"name", "a"}, {"state", "DONE"}, {"reason", "CREATED"}},
           {{"kind", "Secret"},
            {"namespace", "shop"},
            {"name", "b"},
            {"state", "FAILED"},
            {"reason", "FORBIDDEN"},
            {"why", "may not do this"},
            {"message", "secrets is forbidden"}}});

  EXPECT_EQ(shell.run("restore create r --from latest:shop --wait"), 6) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("Secret           0         0        0       1\n"));
  EXPECT_THAT(shell.out(), HasSubstr("failed, 1 item, FORBIDDEN: secrets is forbidden\n"
                                     "  Secret shop/b\n"));
  EXPECT_THAT(shell.out(), HasSubstr("job job-1 ended PARTIAL"));
}

TEST_F(Restore, AWholeRestoreIsOk) {
  end_job("COMPLETED", {});

  EXPECT_EQ(shell.run("restore create r --from latest:shop --wait"), 0) << shell.err();
}

TEST_F(Restore, RunsOneThatIsDefined) {
  shell.run("restore create r --from latest:shop --no-run");
  end_job("CANCELED", {});

  EXPECT_EQ(shell.run("restore run r --wait"), 7) << shell.err();
}

TEST_F(Restore, TakesARunBackAndSaysWhatItLeft) {
  shell.run("restore create r --from latest:shop --no-run");
  const std::string id = defined()["_id"];
  const std::string job =
      shell.server.add("jobs", {{"name", "undo"}, {"type", "RESTORE_UNDO"}, {"state", "PARTIAL"}});
  for (const char* reason : {"REMOVED", "CHANGED_SINCE"}) {
    shell.server.add("kuberestoreitems",
                     {{"job_id", job},
                      {"kind", "Secret"},
                      {"namespace", "shop"},
                      {"name", reason},
                      {"state", std::string(reason) == "REMOVED" ? "DONE" : "KEPT"},
                      {"reason", reason},
                      {"message", "changed since the restore: /data/p"}});
  }
  shell.server.script(
      {.beginning = "POST /api/v1/kuberestores/" + id + "/action/undo",
       .response = testing::json_response(200, {{"_id", id}, {"status", {{"undo_jobid", job}}}})});

  EXPECT_EQ(shell.run("restore undo r --wait"), 6) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("KIND    UNDONE  LEFT  SKIPPED  FAILED\n"
                                     "Secret       1     1        0       0\n"));
  EXPECT_THAT(shell.out(), HasSubstr("left alone, 1 item, CHANGED_SINCE: changed since the "
                                     "restore: /data/p\n  Secret shop/CHANGED_SINCE\n"));
}

TEST_F(Restore, SendsWhatIsToBeTreatedInAnotherWay) {
  ASSERT_EQ(shell.run("restore create back --from first --node-ports fresh --cluster-ips "
                      "keep_if_free --finalizers drop --gitops-marks strip --status-type widgets "
                      "--no-run"),
            0)
      << shell.err();

  EXPECT_EQ(defined()["service_node_ports"], "fresh");
  EXPECT_EQ(defined()["service_cluster_ips"], "keep_if_free");
  EXPECT_EQ(defined()["finalizers"], "drop");
  EXPECT_EQ(defined()["gitops_marks"], "strip");
  EXPECT_EQ(defined()["status_resource_types"], Json({"widgets"}));
}

TEST_F(Restore, SendsTheOrderOfVolumes) {
  EXPECT_EQ(shell.run("restore create --from latest:shop --volume-order shop/orders "
                      "--volume-order app.kubernetes.io/tier=gold --volume-order blog --no-run"),
            0)
      << shell.err();

  EXPECT_EQ(defined()["volume_order"], Json::parse(R"([{"namespace": "shop", "claim": "orders"},
                            {"label_selector": {"app.kubernetes.io/tier": "gold"}},
                            {"namespace": "blog"}])"));
  for (const char* wrong : {"/orders", "shop/", "shop/a/b"}) {
    EXPECT_EQ(shell.run(std::string("restore create --from latest:shop --volume-order ") + wrong),
              2)
        << wrong;
  }
}

TEST_F(Restore, GivesUpWaitingButNotTheJob) {
  EXPECT_EQ(shell.run("restore create r --from latest:shop --wait --timeout 5s"), 8);

  EXPECT_THAT(shell.err(), HasSubstr("has not ended after 5s"));
  EXPECT_THAT(shell.err(), HasSubstr("hint: the job goes on; salvor jobs wait "));
}

}  // namespace
}  // namespace salvor::cli
