// A world with a recovery point of two snapshots, and an object store to copy it to: where copies
// are tested.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "backup/copy_job.h"
#include "backup/removal.h"
#include "backup/testing/world.h"
#include "objectstore/testing/whole.h"
#include "restore/testing/mortal.h"
#include "volume/testing/fake_copies.h"
#include "volume/testing/fake_movers.h"

namespace salvor::backup::testing {

inline const std::string kCopyJobId = "5f80d0a8f281487d59c69bbb";
inline const std::string kOffload = "5f80d0a511556131dd98aaaa";
inline const std::string kStore = "5f80d0a8f281487d59c69f60";

class CopyWorld : public ::testing::Test {
 protected:
  CopyWorld() {
    world.fill();
    FakeJobRun run = world.job_run();
    EXPECT_EQ(world.run_to_end(run).outcome, jobs::Outcome::completed);
    source = world.points("READY").at(0).id;
    job["backup_inst"] = source;
    define(Json::object());
  }

  void define(const Json& fields) {
    Json offload = {{"name", "offsite"},
                    {"backupdef", kBackupId},
                    {"cluster", kClusterId},
                    {"offload_provider", {{"user_objectstore", kStore}}}};
    offload.update(fields);
    const std::vector<catalog::Change> changes = {
        catalog::RemoveAll{"kubeoffloads", {}}, catalog::Insert{"kubeoffloads", kOffload, offload}};
    ASSERT_TRUE(world.catalog->commit(world.context, {changes}).ok());
  }

  CopyPorts ports(restore::testing::Life& life) {
    CopyPorts made{world.ports(*world.store), {.image = "salvor:test"}, {}};
    made.backup.connect = [this, &life](Context&,
                                        const Json&) -> Result<std::unique_ptr<kube::Api>> {
      return std::unique_ptr<kube::Api>(
          std::make_unique<restore::testing::MortalApi>(world.cluster, life));
    };
    made.open_copies = [this, &life](Context&, const std::string& store,
                                     const std::string& cluster) -> Result<volume::CopyAccess> {
      EXPECT_EQ(store, kStore);
      EXPECT_TRUE(cluster == kClusterId || cluster.empty());
      volume::CopyAccess access = copies.open();
      const std::string config = "restic/" + kClusterId + "/config";
      EXPECT_TRUE(objectstore::testing::put_all(*access.store, config, "x").ok());
      // The dead save nothing.
      access.save_files = [&life, save = access.save_files](
                              Context& context, const volume::FilesLabel& label,
                              const FileSource& files) -> Result<volume::CopiedFiles> {
        if (life.is_dead()) return error(ErrorCode::cancelled, "the process is dead");
        return save(context, label, files);
      };
      if (!locks) return access;
      access.protect = [this](Context&, const std::vector<std::string>& snapshots,
                              EpochSeconds until) {
        locked = snapshots;
        locked_until = until;
        return Result<void>();
      };
      return access;
    };
    return made;
  }

  // A run of the job by a process that lives that long, and its end, if it came so far.
  jobs::JobEnd run(restore::testing::Life& life,
                   FakeJobRun::Resumed resumed = FakeJobRun::Resumed::no) {
    FakeJobRun run(*world.catalog, world.context, kCopyJobId, job, resumed);
    if (life.is_dead()) return {};
    jobs::JobEnd end = copy_kind(ports(life)).run(run);
    job.update(run.fields());
    activity += run.all_activity();
    if (life.is_dead()) return end;
    EXPECT_TRUE(run.finish(end).ok());
    return end;
  }
  jobs::JobEnd run() {
    restore::testing::Life immortal;
    return run(immortal);
  }

  Json copied_point() {
    for (const catalog::Document& point : world.points("READY")) {
      if (point.body()["type"] != "COPY") continue;
      Json body = point.body();
      body["_id"] = point.id;
      return body;
    }
    return Json();
  }
  Json claim_of_copy(const std::string& name) {
    for (const Json& claim : world.rows("kubepvclaims")) {
      if (claim["name"] == name && claim["backupinst_id"] == copied_point()["_id"]) return claim;
    }
    return Json();
  }
  // What DELETE_BACKUP does with the copy.
  void remove_copy() {
    restore::testing::Life immortal;
    FakeJobRun removal(*world.catalog, world.context, kJobId,
                       {{"type", "DELETE_BACKUP"}, {"backup_inst", copied_point()["_id"]}});
    const jobs::JobEnd end = removal_kind(ports(immortal)).run(removal);
    EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  }
  std::size_t left_in_cluster() {
    world.snapshotter.settle();
    std::size_t count = 0;
    for (const Json& object : world.cluster.everything()) {
      const std::string kind = object["kind"];
      const bool is_ours = text_at(object["metadata"], "namespace") == "salvor-movers";
      count += kind == "Job" || kind == "VolumeSnapshot" ||
                       (is_ours && (kind == "Secret" || kind == "PersistentVolumeClaim"))
                   ? 1
                   : 0;
    }
    return count;
  }

  World world{{{"all_namespaces", true}}};
  volume::testing::FakeMovers movers{world.cluster, world.snapshotter};
  volume::testing::FakeCopies copies;
  bool locks = false;  // whether the object store does
  std::vector<std::string> locked{};
  EpochSeconds locked_until = 0;
  std::string source;
  std::string activity;
  Json job = {{"type", "K8S_COPY"}, {"offloaddef", kOffload}, {"cluster", kClusterId}};
};

}  // namespace salvor::backup::testing
