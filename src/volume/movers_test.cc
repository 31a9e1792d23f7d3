#include "volume/movers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/testing/mortal.h"
#include "volume/handed_volume.h"
#include "volume/internal/mover_objects.h"
#include "volume/marked_objects.h"
#include "volume/testing/fake_movers.h"
#include "volume/testing/storage_world.h"
#include "volume/work_claim.h"

namespace salvor::volume::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Movers : public StorageWorld {
 protected:
  Movers() { EXPECT_TRUE(ensure_mover_namespace(context, cluster, place).ok()); }

  MoverTask task() const {
    return {"salvor-task",
            copy,
            Direction::restore,
            "salvor-task",
            {{"operation", "restore"}, {"repository", {{"password", "hidden-words"}}}}};
  }
  Result<MoverReport> run() {
    return run_mover(context, cluster, place, task(), [&](const MoverProgress& now) {
      moved.push_back(now);
      return Result<void>();
    });
  }

  const Mark copy{MarkedBy::copy, kJob};
  const MoverPlace place{.image = "salvor:test"};
  FakeMovers movers{cluster, snapshotter};
  std::vector<MoverProgress> moved;
};

TEST_F(Movers, RunToTheirEndAndReport) {
  const auto report = run();

  ASSERT_TRUE(report.ok()) << report.error().describe();
  EXPECT_EQ(report->moved.files, 3U);
  EXPECT_EQ(report->moved.transferred_bytes, 900U);
  ASSERT_FALSE(moved.empty());
  EXPECT_EQ(moved.front().total_bytes, 1000U);
}

TEST_F(Movers, AreFoundAgainByTheNextServer) {
  ASSERT_TRUE(run().ok());

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(movers.done.size(), 1U);
}

TEST_F(Movers, HaveTheirOrderInASecretAlone) {
  ASSERT_TRUE(run().ok());

  for (const Json& object : cluster.everything()) {
    if (object["kind"] == "Secret") continue;
    EXPECT_THAT(object.dump(), Not(HasSubstr("hidden-words")));
  }
}

TEST_F(Movers, AreGoneWhenTheyAreRemoved) {
  ASSERT_TRUE(run().ok());

  ASSERT_TRUE(remove_movers(context, cluster, place, copy).ok());
  cluster.settle();

  for (const char* kind : {"Job", "Secret", "Pod"}) EXPECT_EQ(count(kind), 0U) << kind;
}

TEST_F(Movers, AreGivenUpWhenTheyCannotStart) {
  movers.obstacle = "ErrImagePull";

  const auto report = run();

  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().message, "the mover did not start: ErrImagePull: no such image");
  EXPECT_LT(clock.elapsed(), std::chrono::minutes(5));
}

TEST_F(Movers, AreWaitedForAsLongAsTheirPlaceSays) {
  movers.obstacle = "ImagePullBackOff";
  MoverPlace patient = place;
  patient.ready_within = patient.hopeless_within = std::chrono::minutes(20);

  const auto report = run_mover(context, cluster, patient, task(),
                                [](const MoverProgress&) { return Result<void>(); });

  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().message, "the mover did not start: ImagePullBackOff: no such image");
  EXPECT_GE(clock.elapsed(), std::chrono::minutes(20));
  EXPECT_LT(clock.elapsed(), std::chrono::minutes(21));
}

TEST_F(Movers, SayWhyTheyAreNotScheduled) {
  const internal::PodState seen = internal::state_of(
      {{"status",
        {{"phase", "Pending"},
         {"conditions", Json::array({{{"type", "PodScheduled"},
                                      {"status", "False"},
                                      {"message", "0/1 nodes are available"}}})}}}});

  EXPECT_EQ(seen.phase, internal::PodPhase::waiting);
  EXPECT_EQ(seen.obstacle, "0/1 nodes are available");
}

TEST_F(Movers, SayWhyTheyFailed) {
  movers.report = [](const Json&) {
    return Json{{"state", "failed"}, {"error", "wrong password"}, {"problem_count", 0}};
  };

  const auto report = run();

  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().message, "the mover failed: wrong password");
}

TEST_F(Movers, AreRefusedWithoutAnImage) {
  const auto made = ensure_mover_namespace(context, cluster, {});

  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().hint, HasSubstr("--mover-image"));
}

TEST(MoverWords, ThatAreNoneAreRefused) {
  for (const char* text : {"", "no json", "[]", "3"}) {
    EXPECT_EQ(internal::read_report(text).error().code, ErrorCode::corrupt) << text;
  }
  EXPECT_FALSE(internal::read_progress("").has_value());
  EXPECT_FALSE(internal::read_progress("a stack trace\n").has_value());
  EXPECT_EQ(internal::read_progress("noise\n{\"files\": 4}\n")->files, 4U);
}

class HandedVolume : public Movers {
 protected:
  // What a restore does, from its beginning or from where another came to.
  Result<std::string> go_on(kube::Api& api) {
    TRY(auto name, handed_volume(context, api, to, copy));
    if (!name) {
      TRY(name, keep_volume(context, api, from, to, copy));
    }
    TRY_VOID(hand_over(context, api, *name, from, to));
    return *name;
  }
  Json work_claim() {
    return work_claim_like({{"spec", {{"storageClassName", "fast"}, {"volumeName", "old"}}}},
                           "work", place, copy);
  }
  Json volume(const std::string& name) { return *cluster.peek("persistentvolumes", {"", name}); }
  void make_claim(const std::string& volume_name) {
    ASSERT_TRUE(cluster
                    .create(context, claim_type(), "shop",
                            compact({{"apiVersion", "v1"},
                                     {"kind", "PersistentVolumeClaim"},
                                     {"metadata", {{"name", "mine"}, {"namespace", "shop"}}},
                                     {"spec", {{"volumeName", volume_name}}}}),
                            {})
                    .ok());
  }

  const kube::ObjectKey from{place.namespace_name, "work"};
  const kube::ObjectKey to{"shop", "mine"};
};

TEST_F(HandedVolume, GoesFromOneClaimToAnother) {
  ASSERT_TRUE(ensure(context, cluster, claim_type(), work_claim(), copy).ok());
  EXPECT_TRUE(cluster.get(context, claim_type(), from).ok());

  const auto name = go_on(cluster);

  ASSERT_TRUE(name.ok()) << name.error().describe();
  EXPECT_FALSE(cluster.peek("persistentvolumeclaims", from));
  EXPECT_EQ(volume(*name)["spec"]["persistentVolumeReclaimPolicy"], "Retain");
  make_claim(*name);
  ASSERT_TRUE(settle_handed(context, cluster, to).ok());
  EXPECT_EQ(volume(*name)["spec"]["persistentVolumeReclaimPolicy"], "Delete");
  EXPECT_FALSE(volume(*name)["metadata"]
                   .value("annotations", Json::object())
                   .contains("salvor.io/handed-to"));
}

TEST_F(HandedVolume, IsHandedOverOnceWhereverTheProcessDies) {
  bool is_over = false;
  for (std::size_t last = 0; !is_over; ++last) {
    ASSERT_LT(last, 50U);
    ASSERT_TRUE(ensure(context, cluster, claim_type(), work_claim(), copy).ok());
    ASSERT_TRUE(cluster.get(context, claim_type(), from).ok());
    restore::testing::Life life(last);
    restore::testing::MortalApi mortal(cluster, life);
    is_over = go_on(mortal).ok();

    const auto name = go_on(cluster);

    ASSERT_TRUE(name.ok()) << last << ": " << name.error().describe();
    ASSERT_EQ(volume(*name)["spec"]["claimRef"]["name"], "mine");
    ASSERT_FALSE(cluster.peek("persistentvolumeclaims", from)) << last;
    for (const Json& object : cluster.everything()) {
      if (object["kind"] != "PersistentVolume") continue;
      const kube::ResourceType& type = volume_type();
      ASSERT_TRUE(cluster.remove(context, type, key_of(object), {}).ok());
    }
  }
}

TEST_F(HandedVolume, IsLetGoWhenItsClaimNeverCame) {
  ASSERT_TRUE(ensure(context, cluster, claim_type(), work_claim(), copy).ok());
  const auto name = go_on(cluster);
  ASSERT_TRUE(name.ok());

  ASSERT_TRUE(let_go_of_handed(context, cluster, copy).ok());

  const Json spec = volume(*name)["spec"];
  EXPECT_EQ(spec["persistentVolumeReclaimPolicy"], "Delete");
  EXPECT_FALSE(text_at(spec["claimRef"], "uid").empty());
}

}  // namespace
}  // namespace salvor::volume::testing
