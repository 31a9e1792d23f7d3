#include "proof/verify_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/layout.h"
#include "backup/testing/world.h"
#include "base/base64.h"
#include "objectstore/memory.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "restore/testing/mortal.h"

namespace salvor::proof {
namespace {

using backup::testing::FakeJobRun;
using backup::testing::World;
using objectstore::testing::get_all;
using objectstore::testing::names_in;
using objectstore::testing::put_all;
using restore::testing::Life;
using restore::testing::MortalApi;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A recovery point of two namespaces, each with a snapshot, and a key.
class VerifyJobTest : public ::testing::Test {
 protected:
  VerifyJobTest() {
    world.fill();
    FakeJobRun taken = world.job_run();
    EXPECT_EQ(world.run_to_end(taken).outcome, jobs::Outcome::completed);
    point = world.points("READY").at(0).id;
    world.snapshotter.settle();
  }

  Ports ports(Life& life) {
    return {*world.catalog,
            faulty,
            [this, &life](Context&, const Json&) -> Result<std::unique_ptr<kube::Api>> {
              if (world.connect_failure) return *world.connect_failure;
              return std::unique_ptr<kube::Api>(std::make_unique<MortalApi>(world.cluster, life));
            },
            [this](Context&, const std::string&, const std::string&) -> Result<volume::CopyAccess> {
              volume::CopyAccess access;
              access.store = std::make_unique<objectstore::testing::FaultyStore>(*world.store);
              access.check = [this](Context&, const std::vector<std::string>& snapshots,
                                    const volume::OnCopyChecked& on_checked) -> Result<void> {
                for (std::size_t i = 0; i < snapshots.size(); ++i) {
                  if (copy_failure) return *copy_failure;
                  read.push_back(snapshots[i]);
                  volume::CopyCheck check;
                  check.blobs = 3;
                  check.bytes = check.total_bytes = 1000;
                  if (bad_copies.contains(snapshots[i])) {
                    check.problem_count = 1;
                    check.problems = {"pack 1a2b3c4d: it is not there"};
                  }
                  check.is_done = true;
                  TRY_VOID(on_checked(i, check));
                }
                return {};
              };
              return access;
            },
            {},
            [this]() -> Result<SigningKey> { return key; }};
  }

  jobs::JobEnd run(Life& life, FakeJobRun::Resumed resumed = FakeJobRun::Resumed::no) {
    if (resumed == FakeJobRun::Resumed::no) ++jobs;
    FakeJobRun run(*world.catalog, world.context,
                   "5f80d0a8f281487d59c" + std::to_string(10000 + jobs),
                   {{"type", "VERIFY"}, {"backup_inst", point}}, resumed);
    jobs::JobEnd end = verify_kind(ports(life)).run(run);
    if (life.is_dead()) return end;
    EXPECT_TRUE(run.finish(end).ok());
    return end;
  }
  jobs::JobEnd run() {
    Life immortal;
    return run(immortal);
  }

  Json verification() {
    Context reading = world.context;
    return member(world.catalog->get(reading, "backupinstances", point).value().body(),
                  "verification");
  }
  std::vector<std::string> found() {
    std::vector<std::string> reasons;
    const Json told = verification();
    for (const Json& problem : member(told, "problems")) reasons.push_back(problem["reason"]);
    return reasons;
  }
  std::string archive_name() {
    Context reading = world.context;
    return world.catalog->get(reading, "backupinstances", point).value().body()["archive"]["name"];
  }
  void replace(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(world.store->remove(world.context, name).ok());
    ASSERT_TRUE(put_all(*world.store, name, bytes).ok());
  }
  void edit(const std::string& resource, const std::string& id,
            const std::function<void(Json&)>& change) {
    const auto committed = world.catalog->commit(
        world.context, {{catalog::Edit{resource, id, std::nullopt, catalog::Touch::server,
                                       [&](const Json& stored) -> Result<Json> {
                                         Json body = stored;
                                         change(body);
                                         return body;
                                       }}}});
    ASSERT_TRUE(committed.ok()) << committed.error().describe();
  }
  std::vector<catalog::Document> claims() {
    Context reading = world.context;
    return world.catalog->find(reading, "kubepvclaims", {}).value().documents;
  }
  // The recovery point as one of type COPY.
  void make_copy() {
    edit("backupinstances", point, [](Json& body) { body["type"] = "COPY"; });
    for (const catalog::Document& row : claims()) {
      edit("kubepvclaims", row.id, [](Json& body) {
        body.erase("snapshot_handle");
        body["offload_recover_point_id"] = "copy-of-" + text_at(body, "name");
      });
    }
  }
  std::vector<Json> contents() {
    world.snapshotter.settle();
    std::vector<Json> found;
    for (Json& object : world.cluster.everything()) {
      if (object["kind"] == "VolumeSnapshotContent") found.push_back(std::move(object));
    }
    return found;
  }
  std::size_t snapshots_in_cluster() {
    world.snapshotter.settle();
    std::size_t count = 0;
    for (const Json& object : world.cluster.everything())
      count += object["kind"] == "VolumeSnapshot" ? 1 : 0;
    return count;
  }

  World world{{{"all_namespaces", true}}};
  objectstore::testing::FaultyStore faulty{*world.store};
  SigningKey key = SigningKey::make();
  std::string point;
  unsigned jobs = 0;
  std::set<std::string> bad_copies;
  std::vector<std::string> read;
  std::optional<Error> copy_failure;
};

TEST_F(VerifyJobTest, AGoodRecoveryPointIsVerifiedAndNothingOfItChanges) {
  const auto before = names_in(*world.store, "");

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  const Json told = verification();
  EXPECT_EQ(told["state"], "VERIFIED") << told.dump();
  EXPECT_EQ(told["volumes"], 2);
  EXPECT_GT(told["objects"], 10);
  EXPECT_EQ(told["num_problems"], 0);
  EXPECT_EQ(names_in(*world.store, ""), before);
  EXPECT_EQ(contents().size(), 2U);
  EXPECT_EQ(snapshots_in_cluster(), 0U);
  EXPECT_EQ(world.snapshotter.stored.size(), 2U);
}

TEST_F(VerifyJobTest, TheEvidenceIsSignedAndReplacesTheOlderOne) {
  run();
  run();

  const std::vector<Json> rows = world.rows("kubeevidence");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["public_key"], key.public_pem());
  EXPECT_EQ(rows[0]["signature"], encode_base64(key.sign(text_at(rows[0], "document"))));
  const Json document = parse_json(text_at(rows[0], "document")).value();
  EXPECT_EQ(document["recovery_point"]["_id"], point);
  EXPECT_EQ(document["recovery_point"]["archive"]["name"], archive_name());
  EXPECT_EQ(document["state"], "VERIFIED");
  EXPECT_EQ(document["volume_rows"].size(), 2U);
}

TEST_F(VerifyJobTest, FindsAMissingArchive) {
  ASSERT_TRUE(world.store->remove(world.context, archive::tarball_object(archive_name())).ok());

  EXPECT_EQ(run().outcome, jobs::Outcome::partial);
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_MISSING"));
  EXPECT_EQ(verification()["state"], "DAMAGED");
}

TEST_F(VerifyJobTest, FindsAMissingDescription) {
  ASSERT_TRUE(world.store->remove(world.context, archive::description_object(archive_name())).ok());

  run();
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_MISSING"));
}

TEST_F(VerifyJobTest, FindsAFlippedByteWhereverItIsInTheArchive) {
  const std::string name = archive::tarball_object(archive_name());
  const std::string bytes = get_all(*world.store, name).value();
  for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 4) {
    std::string bent = bytes;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    replace(name, bent);
    run();
    EXPECT_THAT(found(), ElementsAre("ARCHIVE_DAMAGED")) << at;
  }
}

TEST_F(VerifyJobTest, FindsATruncatedArchive) {
  const std::string name = archive::tarball_object(archive_name());
  replace(name, get_all(*world.store, name).value().substr(0, 200));

  run();
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_DAMAGED"));
}

TEST_F(VerifyJobTest, ATruncatedDescriptionDoesNotHinderARestore) {
  const std::string name = archive::description_object(archive_name());
  replace(name, get_all(*world.store, name).value().substr(0, 20));

  run();
  EXPECT_THAT(found(), ElementsAre("DESCRIPTION_DAMAGED"));
  EXPECT_EQ(verification()["state"], "WEAKENED");
}

TEST_F(VerifyJobTest, FindsAChangedChecksum) {
  edit("backupinstances", point,
       [](Json& body) { body["archive"]["sha256"] = std::string(64, '0'); });

  run();
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_DAMAGED"));
}

TEST_F(VerifyJobTest, FindsAChangedNumberOfObjects) {
  edit("backupinstances", point, [](Json& body) { body["archive"]["items"] = 1; });

  run();
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_DAMAGED"));
}

TEST_F(VerifyJobTest, FindsALostSeal) {
  edit("backupinstances", point, [](Json& body) { body["archive"]["sha256"] = ""; });
  run();
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_UNSEALED"));

  edit("backupinstances", point, [](Json& body) { body.erase("archive"); });
  run();
  EXPECT_THAT(found(), ElementsAre("ARCHIVE_MISSING"));
}

TEST_F(VerifyJobTest, FindsALostRowOfAClaim) {
  const auto removed = world.catalog->commit(
      world.context, {{catalog::RemoveAll{"kubepvclaims", schema::equals("name", "shop-claim")}}});
  ASSERT_TRUE(removed.ok());

  run();
  EXPECT_THAT(found(), ElementsAre("CLAIM_UNKNOWN"));
  EXPECT_EQ(verification()["problems"][0]["object"], "claim shop/shop-claim");
}

TEST_F(VerifyJobTest, FindsListedObjectsThatTheArchiveHasNot) {
  const auto added = world.catalog->commit(
      world.context,
      {{catalog::Insert{"kubenamespaces",
                        "",
                        {{"name", "gone"}, {"backupinst_id", point}, {"cluster_id", "c"}}},
        catalog::Insert{
            "kubepvclaims",
            "",
            {{"name", "gone"}, {"namespace_name", "gone"}, {"backupinst_id", point}}}}});
  ASSERT_TRUE(added.ok());

  run();
  EXPECT_THAT(found(), ElementsAre("OBJECT_NOT_ARCHIVED", "OBJECT_NOT_ARCHIVED"));
}

TEST_F(VerifyJobTest, FindsASnapshotThatTheStorageHasLost) {
  world.snapshotter.stored.erase(world.snapshotter.stored.begin());

  run();
  EXPECT_THAT(found(), ElementsAre("SNAPSHOT_UNUSABLE"));
  EXPECT_THAT(text_at(verification()["problems"][0], "message"), HasSubstr("no snapshot snap-"));
  EXPECT_EQ(snapshots_in_cluster(), 0U);
}

TEST_F(VerifyJobTest, FindsALostContent) {
  Json content = contents().at(0);
  content["metadata"]["labels"] = Json::object();
  world.cluster.seed(content);

  run();
  EXPECT_THAT(found(), ElementsAre("CONTENT_MISSING"));
  EXPECT_EQ(verification()["state"], "WEAKENED");
}

TEST_F(VerifyJobTest, FindsAContentWithWhichItsSnapshotGoes) {
  Json content = contents().at(0);
  content["spec"]["deletionPolicy"] = "Delete";
  world.cluster.seed(content);

  run();
  EXPECT_THAT(found(), ElementsAre("CONTENT_UNSAFE", "SNAPSHOT_UNUSABLE"));
}

TEST_F(VerifyJobTest, ReadsEachVolumeOfACopyAndNamesABadOne) {
  make_copy();
  bad_copies.insert("copy-of-shop-claim");

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(found(), ElementsAre("VOLUME_DAMAGED"));
  EXPECT_EQ(verification()["problems"][0]["object"], "volume shop/shop-claim");
  EXPECT_EQ(verification()["blobs"], 6);
  std::map<std::string, std::string> states;
  for (const Json& row : world.rows("kubepvcprogress")) states[row["name"]] = row["state"];
  EXPECT_EQ(states, (std::map<std::string, std::string>{{"other-claim", "COMPLETED"},
                                                        {"shop-claim", "FAILED"}}));
}

TEST_F(VerifyJobTest, AClaimWithoutDataIsSkipped) {
  for (const catalog::Document& row : claims()) {
    edit("kubepvclaims", row.id, [](Json& body) { body.erase("snapshot_handle"); });
  }

  EXPECT_EQ(run().outcome, jobs::Outcome::completed);
  EXPECT_EQ(verification()["volumes"], 0);
  EXPECT_EQ(world.rows("kubepvcprogress").at(0)["state"], "SKIPPED");
}

// What cannot be reached says nothing of what it holds, and what was known stays.
TEST_F(VerifyJobTest, NothingIsSaidWhenAStoreOrClusterCannotBeReached) {
  run();
  const Json known = verification();

  faulty.script({.operation = objectstore::testing::Operation::get});
  EXPECT_EQ(run().outcome, jobs::Outcome::failed);
  world.connect_failure = error(ErrorCode::unavailable, "no route");
  EXPECT_EQ(run().outcome, jobs::Outcome::failed);
  make_copy();
  copy_failure = error(ErrorCode::unavailable, "no route");
  EXPECT_EQ(run().outcome, jobs::Outcome::failed);

  EXPECT_EQ(verification(), known);
}

TEST_F(VerifyJobTest, AResumedRunKeepsWhatItHasRead) {
  make_copy();
  run();
  ASSERT_EQ(read.size(), 2U);
  Life immortal;

  const jobs::JobEnd end = run(immortal, FakeJobRun::Resumed::yes);

  EXPECT_EQ(end.outcome, jobs::Outcome::completed);
  EXPECT_EQ(read.size(), 2U);
  EXPECT_EQ(verification()["blobs"], 6);
}

// At each request to the cluster the process dies, and another goes on.
TEST_F(VerifyJobTest, LeavesNothingInTheClusterWheneverItDies) {
  for (unsigned request = 1; request < 200; ++request) {
    Life life(request);
    run(life);
    if (!life.is_dead()) {
      EXPECT_GT(request, 10U);
      return;
    }
    Life immortal;
    EXPECT_EQ(run(immortal, FakeJobRun::Resumed::yes).outcome, jobs::Outcome::completed) << request;
    EXPECT_EQ(snapshots_in_cluster(), 0U) << request;
    EXPECT_EQ(contents().size(), 2U) << request;
  }
  FAIL() << "it never came to its end";
}

TEST_F(VerifyJobTest, ARecoveryPointThatIsBeingRemovedIsNotVerified) {
  edit("backupinstances", point, [](Json& body) { body["state"] = "DELETING"; });

  EXPECT_EQ(run().outcome, jobs::Outcome::failed);
  EXPECT_TRUE(verification().is_null());
}

}  // namespace
}  // namespace salvor::proof
