#include "restore/conflict.h"

#include <gtest/gtest.h>

#include "restore/edits.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;
using Next = Resolution::Next;
using Texts = std::vector<std::string>;

const RenderContext kContext{NamespaceMap({{"shop", "shop-2"}}, "", ""), {}, {"apps"}, {}};

// Two objects of a kind that meet; what is not said is the same in both.
struct Case {
  std::string kind = "configmaps";
  std::string backup;  // members of the object, such as R"("data": {"a": "b"})"
  std::string live;
  std::string wanted = {};  // as the backup's when empty
};

Json whole(const std::string& members) {
  Json object = json(R"({"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "a",
                         "namespace": "shop", "resourceVersion": "7", "uid": "1"}})");
  object.merge_patch(json("{" + members + "}"));
  return object;
}

Resolution meet(Action action, const Case& met) {
  Step step;
  step.source = {met.kind, "shop", "a"};
  step.action = action;
  Json wanted = whole(met.wanted.empty() ? met.backup : met.wanted);
  drop_server_fields(wanted);
  return resolve({step, whole(met.backup), wanted, whole(met.live)}, kContext);
}

Json patch_of(Action action, const Case& met) {
  Json patch = meet(action, met).difference.patch;
  if (!patch.is_object()) return patch;
  EXPECT_EQ(patch["metadata"]["resourceVersion"], "7");
  patch["metadata"].erase("resourceVersion");
  if (patch["metadata"].empty()) patch.erase("metadata");
  return patch;
}

const Case kSame{.backup = R"("data": {"a": "b"})", .live = R"("data": {"a": "b"})"};
const Case kOther{.backup = R"("data": {"a": "b"})", .live = R"("data": {"a": "c"})"};
const Case kFixed{.kind = "secrets", .backup = R"("type": "x")", .live = R"("type": "y")"};

TEST(Conflict, IsLeftAloneUnlessTheRestoreSaysMore) {
  for (const Case& met : {kSame, kOther, kFixed}) {
    for (const Action action : {Action::create, Action::copy}) {
      EXPECT_EQ(meet(action, met).next, Next::end);
      EXPECT_EQ(meet(action, met).reason, Reason::exists);
    }
    EXPECT_EQ(meet(Action::create_new, met).reason, Reason::already_exists);
  }
}

TEST(Conflict, IsNoneBetweenEqualObjects) {
  for (const Action action : {Action::merge, Action::replace, Action::recreate}) {
    EXPECT_EQ(meet(action, kSame).next, Next::end);
    EXPECT_EQ(meet(action, kSame).reason, Reason::unchanged);
  }
}

TEST(Conflict, InAChangeableFieldIsPatched) {
  for (const Action action : {Action::replace, Action::recreate}) {
    EXPECT_EQ(meet(action, kOther).next, Next::patch);
    EXPECT_EQ(meet(action, kOther).reason, Reason::replaced);
    EXPECT_EQ(patch_of(action, kOther), json(R"({"data": {"a": "b"}})"));
  }
}

TEST(Conflict, InAnImmutableFieldEndsAllButRecreating) {
  EXPECT_EQ(meet(Action::replace, kFixed).next, Next::end);
  EXPECT_EQ(meet(Action::replace, kFixed).reason, Reason::immutable);
  EXPECT_EQ(meet(Action::replace, kFixed).difference.immutable, Texts{"/type"});
  EXPECT_EQ(meet(Action::recreate, kFixed).next, Next::recreate);
}

TEST(Conflict, NeverRecreatesWhatHoldsData) {
  const Case claim{.kind = "persistentvolumeclaims",
                   .backup = R"("spec": {"volumeMode": "Block"})",
                   .live = R"("spec": {"volumeMode": "Filesystem"})"};

  EXPECT_EQ(meet(Action::recreate, claim).next, Next::end);
  EXPECT_EQ(meet(Action::recreate, claim).reason, Reason::is_protected);
}

TEST(Conflict, InAMarkedConfigMapIsImmutable) {
  const Case marked{.backup = R"("data": {"a": "b"}, "immutable": true)",
                    .live = R"("data": {"a": "c"}, "immutable": true)"};

  EXPECT_EQ(meet(Action::replace, marked).difference.immutable, Texts{"/data"});
}

// ---- replace

TEST(Replace, TakesOffWhatTheBackupDoesNotHave) {
  EXPECT_EQ(
      patch_of(Action::replace,
               {.backup = R"("metadata": {"labels": {"a": "1"}}, "data": {"a": "b"})",
                .live = R"("metadata": {"labels": {"b": "2"}}, "data": {"a": "b", "c": "d"})"}),
      json(R"({"metadata": {"labels": {"a": "1", "b": null}}, "data": {"c": null}})"));
}

TEST(Replace, TakesListsWhole) {
  EXPECT_EQ(patch_of(Action::replace, {.kind = "things.example.com",
                                       .backup = R"("spec": {"list": [1, 2]})",
                                       .live = R"("spec": {"list": [1, 3], "own": 1})"}),
            json(R"({"spec": {"list": [1, 2], "own": null}})"));
}

TEST(Replace, DoesNotTouchWhatIsTheClusters) {
  const Case service{
      .kind = "services",
      .backup =
          R"("spec": {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "type": "ClusterIP"},
                   "status": {"loadBalancer": {}})",
      .live = R"("spec": {"clusterIP": "10.0.0.9", "clusterIPs": ["10.0.0.9"], "type": "ClusterIP"},
                 "status": {"loadBalancer": {"ingress": []}})",
      .wanted = R"("spec": {"type": "ClusterIP"})"};

  EXPECT_EQ(meet(Action::replace, service).reason, Reason::unchanged);
}

TEST(Replace, DoesNotTakeAFenceForADifference) {
  const Case schedule{.kind = "cronjobs.batch",
                      .backup = R"("spec": {"schedule": "@daily", "suspend": false})",
                      .live = R"("spec": {"schedule": "@daily", "suspend": false})",
                      .wanted = R"("spec": {"schedule": "@daily", "suspend": true},
                        "metadata": {"annotations": {"salvor.io/released-by-restore": "true"}})"};
  EXPECT_EQ(meet(Action::replace, schedule).reason, Reason::unchanged);

  Case suspended = schedule;
  suspended.live = R"("spec": {"schedule": "@daily", "suspend": true})";
  EXPECT_EQ(patch_of(Action::replace, suspended), json(R"({"spec": {"suspend": false}})"));
}

TEST(Replace, LeavesOwnersAlone) {
  EXPECT_EQ(meet(Action::replace,
                 {.backup = "", .live = R"("metadata": {"ownerReferences": [{"uid": "9"}]})"})
                .reason,
            Reason::unchanged);
}

// ---- merge

TEST(Merge, AddsWhatIsMissing) {
  const Case account{
      .kind = "serviceaccounts",
      .backup = R"("metadata": {"labels": {"b": "ours"}, "annotations": {"c": "d"}},
                   "secrets": [{"name": "x"}, {"name": "y"}], "imagePullSecrets": [{"name": "z"}],
                   "automountServiceAccountToken": false)",
      .live = R"("metadata": {"labels": {"a": "theirs"}}, "secrets": [{"name": "x"}])"};

  EXPECT_EQ(patch_of(Action::merge, account),
            json(R"({"metadata": {"labels": {"b": "ours"}, "annotations": {"c": "d"}},
                     "secrets": [{"name": "x"}, {"name": "y"}], "imagePullSecrets": [{"name": "z"}],
                     "automountServiceAccountToken": false})"));
}

TEST(Merge, KeepsTheTargetsOwnValuesAndSaysSo) {
  const Case map{.backup = R"("data": {"a": "old", "b": "old", "new": "x"})",
                 .live = R"("data": {"a": "theirs", "b": "old", "own": "y"})"};

  EXPECT_EQ(patch_of(Action::merge, map), json(R"({"data": {"new": "x"}})"));
  EXPECT_EQ(meet(Action::merge, map).difference.kept, Texts{"/data/a"});
}

TEST(Merge, TakesWhatOnlyTheRestoreChanges) {
  const Case map{.backup = R"("data": {"host": "db.shop", "b": "old"})",
                 .live = R"("data": {"host": "db.shop", "b": "theirs"})",
                 .wanted = R"("data": {"host": "db.shop-2", "b": "old"})"};

  EXPECT_EQ(patch_of(Action::merge, map), json(R"({"data": {"host": "db.shop-2"}})"));
}

TEST(Merge, JoinsListsOfTheObjectItselfOnly) {
  EXPECT_EQ(patch_of(Action::merge, {.kind = "rolebindings.rbac.authorization.k8s.io",
                                     .backup = R"("subjects": [{"name": "a"}])",
                                     .live = R"("subjects": [{"name": "b"}])"}),
            json(R"({"subjects": [{"name": "b"}, {"name": "a"}]})"));
  EXPECT_TRUE(patch_of(Action::merge, {.kind = "things.example.com",
                                       .backup = R"("spec": {"args": ["a"]})",
                                       .live = R"("spec": {"args": ["b"]})"})
                  .is_null());
}

TEST(Merge, OfWhatWasMergedAddsNothing) {
  const Case met{.backup = R"("data": {"a": "b"}, "list": [1])",
                 .live = R"("data": {"c": "d"}, "list": [2])"};
  Json live = whole(met.live);
  live.merge_patch(meet(Action::merge, met).difference.patch);
  Step step;
  step.source = {met.kind, "shop", "a"};
  step.action = Action::merge;

  Json wanted = whole(met.backup);
  drop_server_fields(wanted);

  EXPECT_EQ(resolve({step, whole(met.backup), wanted, live}, kContext).reason, Reason::unchanged);
}

Case volume_in(const char* phase, const char* claim) {
  return {.kind = "persistentvolumes",
          .backup = R"("spec": {"claimRef": {"name": "data", "namespace": "shop"}})",
          .live = R"("status": {"phase": ")" + std::string(phase) +
                  R"("}, "spec": {"claimRef": {"name": ")" + claim +
                  R"(", "namespace": "shop", "uid": "old", "resourceVersion": "3"}})"};
}

TEST(Conflict, FreesAReleasedVolumeForANewClaimOfTheName) {
  EXPECT_EQ(patch_of(Action::replace, volume_in("Released", "data")),
            json(R"({"spec": {"claimRef": {"uid": null, "resourceVersion": null}}})"));
  EXPECT_EQ(meet(Action::merge, volume_in("Released", "data")).reason, Reason::unchanged);
}

TEST(Conflict, TakesNoVolumeAwayFromItsClaim) {
  EXPECT_EQ(meet(Action::replace, volume_in("Bound", "data")).reason, Reason::unchanged);
  EXPECT_EQ(meet(Action::replace, volume_in("Bound", "others")).reason, Reason::immutable);
}

TEST(Conflict, LeavesALiveTokenAlone) {
  const std::string type = R"("type": "kubernetes.io/service-account-token", )";
  EXPECT_EQ(patch_of(Action::replace, {.kind = "secrets",
                                       .backup = type + R"("data": {})",
                                       .live = type + R"("data": {"token": "new", "more": "x"})"}),
            json(R"({"data": {"more": null}})"));
}

}  // namespace
}  // namespace salvor::restore
