#include "restore/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::all_of_it;
using testing::bare_facts;
using testing::definition;
using testing::items_of;
using testing::json;
using testing::object;
using testing::options_of;
using testing::owned_by;
using testing::step_for;
using testing::text_of;

using Texts = std::vector<std::string>;

Plan plan_of(const std::vector<Json>& objects, const ClusterFacts& facts = bare_facts(),
             const Options& options = all_of_it()) {
  return make_plan(items_of(objects, options), facts, options).value();
}

std::string failure_of(const std::vector<Json>& objects, const ClusterFacts& facts,
                       const Options& options) {
  const auto plan = make_plan(items_of(objects, options), facts, options);
  return plan.ok() ? "none" : plan.error().message;
}

// The source names of the steps that a step needs.
Texts needs_of(const Plan& plan, const Step& step) {
  Texts names;
  for (const StepNumber need : step.needs)
    names.push_back(plan.steps[need].type.kind + " " + plan.steps[need].source.name);
  return names;
}

const Json kShop = object("v1", "Namespace", "", "shop");

TEST(Plan, OrdersByWaveAndThenAsTheArchive) {
  const Plan plan =
      plan_of({object("apps/v1", "Deployment", "shop", "web"),
               object("v1", "Service", "shop", "web"), object("v1", "Secret", "shop", "b"), kShop,
               object("v1", "ConfigMap", "shop", "a"), definition("example.com", "Widget")});

  EXPECT_EQ(text_of(plan),
            (Texts{"definitions: CREATE CustomResourceDefinition widgets.example.com",
                   "namespaces: CREATE Namespace shop", "access: CREATE Secret shop/b",
                   "access: CREATE ConfigMap shop/a", "services: CREATE Service shop/web",
                   "workloads: CREATE Deployment shop/web"}));
  for (StepNumber i = 0; i < plan.steps.size(); ++i) EXPECT_EQ(plan.steps[i].number, i);
}

TEST(Plan, LinksEachItemToItsNamespaceAndItsDefinition) {
  const Plan plan = plan_of({definition("example.com", "Widget"), kShop,
                             object("example.com/v1", "Widget", "shop", "w")});

  EXPECT_EQ(needs_of(plan, step_for(plan, "Widget", "w")),
            (Texts{"Namespace shop", "CustomResourceDefinition widgets.example.com"}));
}

TEST(Plan, MakesNamespacesThatTheBackupLacks) {
  const Plan plan = plan_of({object("v1", "Secret", "shop", "a")});

  EXPECT_EQ(text_of(plan),
            (Texts{"namespaces: CREATE Namespace shop", "access: CREATE Secret shop/a"}));
  EXPECT_EQ(step_for(plan, "Namespace", "shop").item, -1);
  EXPECT_EQ(needs_of(plan, step_for(plan, "Secret", "a")), Texts{"Namespace shop"});
}

TEST(Plan, MakesANamespaceAnewThatWasBeingDeletedWhileThingsInItWereNot) {
  const Json dying = object("v1", "Namespace", "", "shop",
                            json(R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})"));
  const Plan plan = plan_of({dying, object("v1", "Secret", "shop", "a")});

  EXPECT_EQ(text_of(plan),
            (Texts{"namespaces: SKIP Namespace shop (TERMINATING)",
                   "namespaces: CREATE Namespace shop", "access: CREATE Secret shop/a"}));
  EXPECT_EQ(step_for(plan, "Secret", "a").needs, std::vector<StepNumber>{1});
}

TEST(Plan, MakesNoNamespaceForWhatIsSkipped) {
  EXPECT_EQ(text_of(plan_of({object("v1", "ConfigMap", "shop", "kube-root-ca.crt")})),
            Texts{"access: SKIP ConfigMap shop/kube-root-ca.crt (CLUSTER_PUBLISHED)"});
}

TEST(Plan, MapsNamespacesByMapPrefixAndSuffix) {
  const Options options = options_of(json(
      R"({"selection": {}, "namespaces_map": {"blog": "journal"}, "namespaces_prefix": "x-"})"));
  const Plan plan =
      plan_of({kShop, object("v1", "Secret", "shop", "a"), object("v1", "Secret", "blog", "b")},
              bare_facts(), options);

  EXPECT_EQ(text_of(plan),
            (Texts{"namespaces: CREATE Namespace x-shop", "namespaces: CREATE Namespace journal",
                   "access: CREATE Secret x-shop/a", "access: CREATE Secret journal/b"}));
  EXPECT_EQ(step_for(plan, "Secret", "a").source.namespace_name, "shop");
}

TEST(Plan, MapsOnlyNamespacesThatAreRestored) {
  const Options options =
      options_of(json(R"({"selection": {"namespaces": ["shop"]}, "namespaces_prefix": "x-"})"));

  const Plan plan = plan_of({kShop, object("v1", "Secret", "blog", "b")}, bare_facts(), options);

  EXPECT_EQ(plan.namespaces.target_of("shop"), "x-shop");
  EXPECT_EQ(plan.namespaces.target_of("blog"), "blog");
}

TEST(Plan, RefusesTwoNamespacesOnOneTarget) {
  const Options options =
      options_of(json(R"({"selection": {}, "namespaces_map": {"shop": "blog"}})"));

  EXPECT_EQ(failure_of({kShop, object("v1", "Namespace", "", "blog")}, bare_facts(), options),
            "namespaces blog and shop would both become blog");
}

TEST(Plan, RefusesAnItemThatTheBackupDoesNotHave) {
  const Options options = options_of(json(R"({"selection": {"items": [
      {"resource_type": "secrets", "namespace": "shop", "name": "gone"}]}})"));

  EXPECT_EQ(failure_of({kShop}, bare_facts(), options),
            "selection.items[0]: secrets shop/gone is not in the recovery point");
}

TEST(Plan, RefusesWhatTheTargetDoesNotServe) {
  const Plan plan = plan_of({kShop, object("example.com/v1", "Widget", "shop", "w"),
                             object("apps/v1beta1", "Deployment", "shop", "web")});

  EXPECT_EQ(step_for(plan, "Widget", "w").reason, Reason::unsupported_version);
  EXPECT_EQ(step_for(plan, "Widget", "w").message,
            "the target does not serve widgets.example.com in version v1");
  EXPECT_EQ(step_for(plan, "Deployment", "web").reason, Reason::unsupported_version);
}

TEST(Plan, CountsOnTheVersionsThatADefinitionInThePlanServes) {
  const Plan plan = plan_of({definition("example.com", "Widget", {"v1"}), kShop,
                             object("example.com/v1", "Widget", "shop", "w"),
                             object("example.com/v2", "Widget", "shop", "newer")});

  EXPECT_EQ(step_for(plan, "Widget", "w").action, Action::create);
  EXPECT_EQ(step_for(plan, "Widget", "newer").reason, Reason::unsupported_version);
}

TEST(Plan, TakesACopyInAVersionThatTheTargetServes) {
  std::vector<Item> items = items_of({kShop, object("example.com/v3", "Widget", "shop", "w")});
  items[1].copies = {{"v1", 0}, {"v2", 1}};
  ClusterFacts facts = bare_facts();
  for (const char* version : {"v2", "v1"})
    facts.discovery.types.push_back({"example.com", version, "widgets", "Widget", true, {}});

  const Plan plan = make_plan(items, facts, all_of_it()).value();

  EXPECT_EQ(step_for(plan, "Widget", "w").type.version, "v2");
  EXPECT_TRUE(step_for(plan, "Widget", "w").from_copy);
}

TEST(Plan, PrefersTheVersionThatTheSourcePreferred) {
  std::vector<Item> items = items_of({kShop, object("example.com/v1", "Widget", "shop", "w")});
  items[1].copies = {{"v2", 0}};
  ClusterFacts facts = bare_facts();
  for (const char* version : {"v2", "v1"})
    facts.discovery.types.push_back({"example.com", version, "widgets", "Widget", true, {}});

  const Plan plan = make_plan(items, facts, all_of_it()).value();

  EXPECT_EQ(step_for(plan, "Widget", "w").type.version, "v1");
  EXPECT_FALSE(step_for(plan, "Widget", "w").from_copy);
}

TEST(Plan, NamesTheVersionsOfWhichNoneIsServed) {
  std::vector<Item> items = items_of({kShop, object("example.com/v1", "Widget", "shop", "w")});
  items[1].copies = {{"v2", 0}};

  const Plan plan = make_plan(items, bare_facts(), all_of_it()).value();

  EXPECT_EQ(step_for(plan, "Widget", "w").message,
            "the target does not serve widgets.example.com in any of the versions v1, v2");
}

ClusterFacts facts_with_widgets(const std::string& version) {
  ClusterFacts facts = bare_facts();
  facts.discovery.types.push_back({"example.com", version, "widgets", "Widget", true, {}});
  return facts;
}

TEST(Plan, TakesAKindAsTheTargetDefinesIt) {
  const std::vector<Json> backup = {definition("example.com", "Widget", {"v1", "v2"}), kShop,
                                    object("example.com/v1", "Widget", "shop", "w")};

  const Plan fits = plan_of(backup, facts_with_widgets("v1"));
  EXPECT_EQ(needs_of(fits, step_for(fits, "Widget", "w")), Texts{"Namespace shop"});

  const Plan differs = plan_of(backup, facts_with_widgets("v2"));
  EXPECT_EQ(step_for(differs, "Widget", "w").reason, Reason::unsupported_version);
}

TEST(Plan, NeedsNoDefinitionThatIsNotMade) {
  Json dying = definition("example.com", "Widget");
  dying["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  const std::vector<Json> backup = {dying, kShop, object("example.com/v1", "Widget", "shop", "w")};

  const Plan there = plan_of(backup, facts_with_widgets("v1"));
  EXPECT_EQ(step_for(there, "Widget", "w").action, Action::create);

  EXPECT_EQ(step_for(plan_of(backup), "Widget", "w").reason, Reason::unsupported_version);
}

TEST(Plan, RestoresOwnersFirst) {
  const Json app = object("v1", "ConfigMap", "shop", "app");
  const Plan plan = plan_of({kShop, owned_by(object("v1", "Secret", "shop", "made"), app), app});

  const Step& secret = step_for(plan, "Secret", "made");
  ASSERT_EQ(secret.owners.size(), 1U);
  EXPECT_EQ(secret.owners[0].how, OwnerLink::How::step);
  EXPECT_EQ(secret.owners[0].owner, step_for(plan, "ConfigMap", "app").number);
}

// It may be waiting for what it owns, as an operator's resource for the Secret with its password.
TEST(Plan, LinksAnOwnerOfALaterWaveAfterwards) {
  const Json app = object("example.com/v1", "Widget", "shop", "app");
  const Plan plan = plan_of({definition("example.com", "Widget"), kShop,
                             owned_by(object("v1", "Secret", "shop", "made"), app), app});

  const Step& secret = step_for(plan, "Secret", "made");
  EXPECT_EQ(secret.owners[0].how, OwnerLink::How::late);
  EXPECT_EQ(secret.wave, Wave::access);
}

// Else everything in the namespace would have to wait for its owner's wave.
TEST(Plan, LetsNamespacesAndDefinitionsWaitForNoOwner) {
  const Json tenant = object("example.com/v1", "Tenant", "", "t");
  const Plan plan = plan_of({owned_by(definition("example.com", "Tenant"), tenant), tenant,
                             owned_by(kShop, tenant), object("v1", "Secret", "shop", "a")});

  for (const Step* step : {&step_for(plan, "Namespace", "shop"),
                           &step_for(plan, "CustomResourceDefinition", "tenants.example.com")}) {
    ASSERT_EQ(step->owners.size(), 1U);
    EXPECT_EQ(step->owners[0].how, OwnerLink::How::late);
    EXPECT_TRUE(step->needs.empty());
  }
  EXPECT_EQ(step_for(plan, "Secret", "a").wave, Wave::access);
}

ClusterFacts facts_with_class(const std::string& name, const std::string& provisioner) {
  ClusterFacts facts = bare_facts();
  facts.storage_classes[name] = {provisioner, false};
  return facts;
}

const Options kMappedClass =
    options_of(json(R"({"selection": {}, "storage_class_map": {"slow": "fast"}})"));

TEST(Plan, LeavesOutAMappedStorageClass) {
  const Plan plan = plan_of({object("storage.k8s.io/v1", "StorageClass", "", "slow"),
                             object("storage.k8s.io/v1", "StorageClass", "", "other")},
                            facts_with_class("fast", "csi.example.com"), kMappedClass);

  EXPECT_EQ(step_for(plan, "StorageClass", "slow").reason, Reason::storage_class_mapped);
  EXPECT_EQ(step_for(plan, "StorageClass", "other").action, Action::create);
}

TEST(Plan, RefusesAStorageClassOfNoCsiDriver) {
  ClusterFacts facts = facts_with_class("fast", "example.com/in-house");
  facts.csi_drivers = {"csi.example.com"};

  EXPECT_EQ(failure_of({kShop}, facts, kMappedClass),
            "storage_class_map: slow maps to fast, whose provisioner example.com/in-house is none "
            "of the target's CSI drivers");
}

TEST(Plan, RefusesAStorageClassThatIsNotThere) {
  EXPECT_EQ(failure_of({kShop}, bare_facts(), kMappedClass),
            "storage_class_map: slow maps to fast, and the target cluster has no storage class of "
            "that name");
}

TEST(Plan, RefusesAStorageClassWithoutACsiDriver) {
  EXPECT_EQ(
      failure_of({kShop}, facts_with_class("fast", "kubernetes.io/aws-ebs"), kMappedClass),
      "storage_class_map: slow maps to fast, whose provisioner kubernetes.io/aws-ebs is not a "
      "CSI driver");
}

const Json kStatic = object("v1", "PersistentVolume", "", "nfs",
                            json(R"({"spec": {"csi": {"volumeHandle": "disk-7"}}})"));
const Json kDynamic =
    object("v1", "PersistentVolume", "", "pvc-1",
           json(R"({"metadata": {"annotations": {"pv.kubernetes.io/provisioned-by": "x"}}})"));

Json claim_of(const std::string& volume) {
  return object("v1", "PersistentVolumeClaim", "shop", "claim-" + volume,
                {{"spec", {{"volumeName", volume}}}});
}

TEST(Plan, LeavesDynamicVolumesToTheirClass) {
  const Plan plan = plan_of({kShop, claim_of("pvc-1"), kDynamic});

  EXPECT_EQ(step_for(plan, "PersistentVolume", "pvc-1").reason, Reason::dynamic_volume);
  EXPECT_FALSE(step_for(plan, "PersistentVolumeClaim", "claim-pvc-1").keeps_volume);
}

TEST(Plan, BindsAClaimToTheStaticVolumeThatComesWithIt) {
  for (const std::vector<Json>& backup :
       {std::vector<Json>{kShop, claim_of("nfs"), kStatic}, {kStatic, claim_of("nfs"), kShop}}) {
    const Plan plan = plan_of(backup);
    EXPECT_TRUE(step_for(plan, "PersistentVolumeClaim", "claim-nfs").keeps_volume);
  }
}

TEST(Plan, BindsNoClaimToAVolumeThatIsNotMade) {
  ClusterFacts taken = bare_facts();
  taken.volume_handles["disk-7"] = "somebody-elses";
  const Plan refused = plan_of({kShop, claim_of("nfs"), kStatic}, taken);
  EXPECT_EQ(step_for(refused, "PersistentVolume", "nfs").reason, Reason::volume_in_use);
  EXPECT_FALSE(step_for(refused, "PersistentVolumeClaim", "claim-nfs").keeps_volume);
}

// The claim's step where the target has the volume already.
Step claim_where(const VolumeFact& there, const char* restore = R"({"selection": {}})") {
  ClusterFacts facts = bare_facts();
  facts.volumes["nfs"] = there;
  const Plan plan = plan_of({kShop, claim_of("nfs"), kStatic}, facts, options_of(json(restore)));
  return step_for(plan, "PersistentVolumeClaim", "claim-nfs");
}

TEST(Plan, BindsAClaimToAVolumeOfTheTargetThatIsFreeForIt) {
  for (const VolumeFact& there : {VolumeFact{"", false}, VolumeFact{"shop/claim-nfs", false}}) {
    const Step claim = claim_where(there);
    EXPECT_TRUE(claim.keeps_volume);
    EXPECT_EQ(claim.message, "");
  }
}

TEST(Plan, SaysWhoHoldsTheVolumeOfAClaim) {
  const Step claim = claim_where({"other/claim", false});

  EXPECT_FALSE(claim.keeps_volume);
  EXPECT_EQ(claim.message,
            "persistent volume nfs stays bound to claim other/claim in the target, so this claim "
            "needs another one");
}

TEST(Plan, BindsAClaimToAReleasedVolumeThatIsReplaced) {
  const VolumeFact released{"shop/claim-nfs", true};
  const char* const replaces = R"({"selection": {}, "existing_policies":
      {"persistentvolumes": "replace"}})";

  EXPECT_FALSE(claim_where(released).keeps_volume);
  EXPECT_TRUE(claim_where(released, replaces).keeps_volume);
}

TEST(Plan, LeavesSlicesOfAServiceWithASelectorToTheirController) {
  const Json service =
      object("v1", "Service", "shop", "web", json(R"({"spec": {"selector": {"app": "web"}}})"));
  const Json slice = object("discovery.k8s.io/v1", "EndpointSlice", "shop", "by-hand",
                            json(R"({"metadata": {"labels":
                                {"kubernetes.io/service-name": "web"}}})"));

  const Plan plan = plan_of({kShop, service, slice});

  EXPECT_EQ(step_for(plan, "EndpointSlice", "by-hand").reason, Reason::controller_made);
}

TEST(Plan, LeavesVolumesOutWhenAsked) {
  const Plan plan =
      plan_of({kShop, claim_of("nfs"), kStatic}, bare_facts(),
              options_of(json(R"({"selection": {"restorePersistentVolumes": false}})")));

  EXPECT_EQ(text_of(plan),
            (Texts{"namespaces: CREATE Namespace shop",
                   "volumes: SKIP PersistentVolumeClaim shop/claim-nfs (VOLUMES_EXCLUDED)",
                   "volumes: SKIP PersistentVolume nfs (VOLUMES_EXCLUDED)"}));
}

TEST(Plan, RestoresEndpointsOnlyOfServicesWithoutSelector) {
  const Plan plan = plan_of(
      {kShop, object("v1", "Endpoints", "shop", "web"), object("v1", "Endpoints", "shop", "db"),
       object("v1", "Service", "shop", "web", json(R"({"spec": {"selector": {"app": "web"}}})")),
       object("v1", "Service", "shop", "db", json(R"({"spec": {}})"))});

  EXPECT_EQ(step_for(plan, "Endpoints", "web").reason, Reason::controller_made);
  EXPECT_EQ(step_for(plan, "Endpoints", "db").action, Action::create);
}

TEST(Plan, LeavesServicesOfTheSystemAlone) {
  const std::vector<Json> dns = {object("v1", "Service", "kube-system", "kube-dns")};

  EXPECT_EQ(step_for(plan_of(dns), "Service", "kube-dns").reason, Reason::system_service);
  const Options moved = options_of(json(R"({"selection": {}, "namespaces_prefix": "copy-"})"));
  EXPECT_EQ(step_for(plan_of(dns, bare_facts(), moved), "Service", "kube-dns").action,
            Action::create);
}

TEST(Plan, MergesServiceAccounts) {
  const Plan plan = plan_of({object("v1", "ServiceAccount", "shop", "default",
                                    json(R"({"imagePullSecrets": [{"name": "registry"}]})"))});

  EXPECT_EQ(step_for(plan, "ServiceAccount", "default").action, Action::merge);
}

constexpr const char* kBinding = "rbac.authorization.k8s.io/v1";

Json binding(const std::string& name, const std::string& subjects) {
  return object(kBinding, "ClusterRoleBinding", "", name, {{"subjects", json(subjects)}});
}

TEST(Plan, CopiesAnExistingClusterWideBindingForRenamedAccounts) {
  ClusterFacts facts = bare_facts();
  facts.existing_copyable = {{"clusterrolebindings.rbac.authorization.k8s.io", "", "shop-reads"},
                             {"clusterrolebindings.rbac.authorization.k8s.io", "", "ops"}};
  const std::vector<Json> backup = {
      kShop, binding("shop-reads", R"([{"kind": "Group", "name": "system:serviceaccounts:shop"}])"),
      binding("blog-reads", R"([{"kind": "Group", "name": "system:serviceaccounts:shop"}])"),
      binding("ops", R"([{"kind": "User", "name": "alice"}])")};
  const Options moved = options_of(json(R"({"selection": {}, "namespaces_suffix": "-2"})"));

  const Plan plan = plan_of(backup, facts, moved);
  EXPECT_EQ(step_for(plan, "ClusterRoleBinding", "shop-reads").action, Action::copy);
  EXPECT_EQ(step_for(plan, "ClusterRoleBinding", "shop-reads").target_name, "shop-reads-shop-2");
  EXPECT_EQ(step_for(plan, "ClusterRoleBinding", "blog-reads").action, Action::create);
  EXPECT_EQ(step_for(plan, "ClusterRoleBinding", "ops").action, Action::create);

  EXPECT_EQ(step_for(plan_of(backup, facts), "ClusterRoleBinding", "shop-reads").action,
            Action::create);
}

TEST(Plan, OfNothingHasNoSteps) {
  EXPECT_TRUE(plan_of({}).steps.empty());
  EXPECT_TRUE(plan_of({kShop}, bare_facts(),
                      options_of(json(R"({"selection": {"namespaces": ["nowhere"]}})")))
                  .steps.empty());
}

TEST(Actions, AreFoundByTheirName) {
  for (const Action action : {Action::create, Action::merge, Action::copy, Action::none})
    EXPECT_EQ(action_of(to_string(action)), action);
  EXPECT_EQ(action_of("DANCE"), Action::none);
}

// ---- properties, over random backups with owners of depth 5 and circles

std::vector<Json> random_backup(std::mt19937& random) {
  std::vector<Json> objects = {definition("example.com", "Widget"), kShop,
                               object("v1", "Namespace", "", "blog")};
  const std::vector<std::pair<std::string, std::string>> kinds = {
      {"v1", "ConfigMap"},          {"v1", "Secret"}, {"v1", "Service"},  {"apps/v1", "Deployment"},
      {"example.com/v1", "Widget"}, {"v1", "Pod"},    {"batch/v1", "Job"}};
  const std::size_t first = 1;
  for (int i = 0; i < 25; ++i) {
    const auto& [api_version, kind] = kinds[random() % kinds.size()];
    objects.push_back(
        object(api_version, kind, random() % 3 ? "shop" : "blog", "o" + std::to_string(i)));
  }
  for (int i = 0; i < 30; ++i) {
    Json& dependant = objects[first + random() % (objects.size() - first)];
    const Json owner = random() % 8 ? objects[first + random() % (objects.size() - first)]
                                    : object("v1", "Secret", "shop", "not-in-the-backup");
    dependant =
        owned_by(dependant, owner, random() % 6 ? testing::Controls::no : testing::Controls::yes);
  }
  return objects;
}

// Removes steps that need nothing open until nothing is left; what remains is a circle.
bool needs_are_acyclic(const Plan& plan) {
  std::vector<bool> done(plan.steps.size(), false);
  for (std::size_t left = plan.steps.size(), before = left + 1; left < before;) {
    before = left;
    for (const Step& step : plan.steps) {
      const bool is_free = std::all_of(step.needs.begin(), step.needs.end(),
                                       [&](StepNumber need) { return done[need]; });
      if (done[step.number] || !is_free) continue;
      done[step.number] = true;
      --left;
    }
    if (left == 0) return true;
  }
  return plan.steps.empty();
}

void expect_sound_links(const std::vector<Json>& backup, const Plan& plan) {
  for (const Step& step : plan.steps) {
    if (step.action == Action::none) {
      EXPECT_TRUE(step.owners.empty());
      continue;
    }
    const Json& object = backup[static_cast<std::size_t>(step.item)];
    const Json& references = member(member(object, "metadata"), "ownerReferences");
    EXPECT_EQ(step.owners.size(), references.size()) << text_of(step);
    for (const OwnerLink& link : step.owners) {
      if (link.how == OwnerLink::How::lookup) continue;
      const Step& owner = plan.steps[link.owner];
      EXPECT_NE(owner.action, Action::none);
      EXPECT_EQ(owner.source.name, references[link.reference]["name"]);
      const bool is_needed = std::count(step.needs.begin(), step.needs.end(), link.owner) > 0;
      if (link.how == OwnerLink::How::step) {
        EXPECT_TRUE(is_needed) << text_of(step);
      }
      EXPECT_TRUE(owner.target_namespace.empty() ||
                  owner.target_namespace == step.target_namespace);
    }
    for (const StepNumber need : step.needs) EXPECT_LE(plan.steps[need].wave, step.wave);
  }
}

TEST(PlanProperty, EveryOwnerIsLinkedAndNothingWaitsForItself) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const std::vector<Json> backup = random_backup(random);
    const Plan plan = plan_of(backup);

    EXPECT_TRUE(needs_are_acyclic(plan)) << "round " << round;
    expect_sound_links(backup, plan);
  }
}

TEST(PlanProperty, DoesNotDependOnTheOrderOfTheArchive) {
  std::mt19937 random(2);
  const auto essence = [](const Plan& plan) {
    std::set<std::string> texts;
    for (const Step& step : plan.steps) texts.insert(text_of(step));
    return texts;
  };
  for (int round = 0; round < 20; ++round) {
    std::vector<Json> backup = random_backup(random);
    const std::set<std::string> expected = essence(plan_of(backup));
    for (int shuffle = 0; shuffle < 50; ++shuffle) {
      std::shuffle(backup.begin(), backup.end(), random);
      ASSERT_EQ(essence(plan_of(backup)), expected) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace salvor::restore
