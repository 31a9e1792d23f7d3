#include "backup/execute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/testing/backups.h"
#include "backup/report.h"
#include "backup/testing/world.h"
#include "objectstore/memory.h"

namespace salvor::backup {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using testing::object;
using Names = std::set<std::string>;

const Json kShop = {{"namespaces", {"shop"}}};

class Execute : public ::testing::Test {
 protected:
  Execute() { cluster_.seed(object("v1", "Namespace", "", "shop")); }

  // Takes a backup and gives the names of what is in its archive.
  Names taken(const Json& source) {
    const Selection selection = parse_selection(source).value();
    const auto store = objectstore::make_memory_store();
    auto writer = archive::Writer::create(context_, *store, "b").value();
    const auto progress = [](std::uint64_t) { return Result<void>(); };
    Result<Collection> collection = execute(context_, cluster_, selection, *writer, progress);
    EXPECT_TRUE(collection.ok()) << collection.error().describe();
    if (!collection.ok()) return {};
    problems_ = collection->problems();
    types_ = resource_types(*collection);
    const auto seal =
        writer->finish(context_, archive::testing::describe("b", collection->items())).value();
    Names names;
    copies_.clear();
    const auto name = [&](const archive::ItemName& item, std::string_view) -> Result<void> {
      names.insert(testing::text_of(item));
      return {};
    };
    const auto name_copy = [&](const archive::ItemName& item, std::string_view) -> Result<void> {
      copies_.insert(item.version + " " + testing::text_of(item));
      return {};
    };
    const auto read = archive::read_items(context_, *store, seal, {name, name_copy});
    EXPECT_TRUE(read.ok()) << read.error().describe();
    return names;
  }

  kube::InstantClock clock_;
  Context context_{clock_, null_log(), {}, {}};
  kube::FakeCluster cluster_{clock_};
  Names copies_;  // in other versions, of what was taken last
  std::vector<std::string> problems_;
  std::vector<std::string> types_;
};

const std::string kRbac = "rbac.authorization.k8s.io";

Json binding(const std::string& name, const Json& subject, const std::string& role) {
  return object(kRbac + "/v1", "ClusterRoleBinding", "", name,
                {{"roleRef", {{"kind", "ClusterRole"}, {"name", role}}}, {"subjects", {subject}}});
}

TEST_F(Execute, TakesAnEmptyNamespaceThatWasAskedFor) {
  EXPECT_THAT(taken(kShop), Contains("namespaces shop"));
}

TEST_F(Execute, LeavesTheClustersOwnStateOut) {
  cluster_.seed(object("v1", "Node", "", "node-1"));
  cluster_.seed(object("v1", "Event", "shop", "happened"));
  cluster_.seed(object("coordination.k8s.io/v1", "Lease", "shop", "leader"));
  cluster_.seed(object("v1", "Endpoints", "shop", "by-hand"));

  const Names names = taken({{"all_namespaces", true}});

  EXPECT_THAT(names, Contains("endpoints shop/by-hand"));
  for (const std::string& name : names) {
    EXPECT_THAT(name, Not(HasSubstr("node-1")));
    EXPECT_THAT(name, Not(HasSubstr("happened")));
    EXPECT_THAT(name, Not(HasSubstr("leader")));
  }
}

TEST_F(Execute, TakesBindingsOfItsAccountsInEachForm) {
  cluster_.seed(object("v1", "ServiceAccount", "shop", "runner"));
  const std::string account = "system:serviceaccount";
  cluster_.seed(binding(
      "by-account", {{"kind", "ServiceAccount"}, {"namespace", "shop"}, {"name", "runner"}}, "r1"));
  cluster_.seed(binding("by-user", {{"kind", "User"}, {"name", account + ":shop:runner"}}, "r2"));
  cluster_.seed(binding("by-group", {{"kind", "Group"}, {"name", account + "s:shop"}}, "r3"));
  cluster_.seed(binding("by-all", {{"kind", "Group"}, {"name", account + "s"}}, "r4"));
  cluster_.seed(binding("other", {{"kind", "Group"}, {"name", account + "s:other"}}, "r5"));
  cluster_.seed(binding("alice", {{"kind", "User"}, {"name", "alice"}}, "r6"));
  for (int i = 1; i <= 6; ++i) {
    cluster_.seed(object(kRbac + "/v1", "ClusterRole", "", "r" + std::to_string(i)));
  }

  const Names names = taken(kShop);

  for (const char* name : {"by-account", "by-user", "by-group", "by-all"}) {
    EXPECT_THAT(names, Contains("clusterrolebindings." + kRbac + " " + name));
  }
  EXPECT_THAT(names, Not(Contains("clusterrolebindings." + kRbac + " other")));
  EXPECT_THAT(names, Not(Contains("clusterrolebindings." + kRbac + " alice")));
  EXPECT_THAT(names, Contains("clusterroles." + kRbac + " r4"));
  EXPECT_THAT(names, Not(Contains("clusterroles." + kRbac + " r5")));
}

TEST_F(Execute, TakesRolesThatARoleGathers) {
  const auto role = [&](const std::string& name, const Json& labels, const Json& gathers) {
    Json more = {{"metadata", {{"labels", labels}}}};
    if (!gathers.is_null()) {
      more["aggregationRule"] = {{"clusterRoleSelectors", {{{"matchLabels", gathers}}}}};
    }
    cluster_.seed(object(kRbac + "/v1", "ClusterRole", "", name, more));
  };
  role("top", Json::object(), {{"to-top", "yes"}});
  role("middle", {{"to-top", "yes"}}, {{"to-middle", "yes"}});
  role("bottom", {{"to-middle", "yes"}}, nullptr);
  role("unrelated", {{"to-top", "no"}}, nullptr);
  cluster_.seed(object(kRbac + "/v1", "RoleBinding", "shop", "b",
                       {{"roleRef", {{"kind", "ClusterRole"}, {"name", "top"}}}}));

  const Names names = taken(kShop);

  EXPECT_THAT(names,
              IsSupersetOf({"clusterroles." + kRbac + " top", "clusterroles." + kRbac + " middle",
                            "clusterroles." + kRbac + " bottom"}));
  EXPECT_THAT(names, Not(Contains("clusterroles." + kRbac + " unrelated")));
}

TEST_F(Execute, TakesTheDefinitionsOfItsCustomResources) {
  const auto define = [&](const std::string& plural, const std::string& kind) {
    cluster_.seed(
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural + ".example.com",
               {{"spec",
                 {{"group", "example.com"},
                  {"scope", "Namespaced"},
                  {"names", {{"plural", plural}, {"kind", kind}}},
                  {"versions", {{{"name", "v1"}, {"served", true}, {"storage", true}}}}}}}));
  };
  define("widgets", "Widget");
  define("gadgets", "Gadget");
  cluster_.settle();
  cluster_.seed(object("example.com/v1", "Widget", "shop", "w"));

  const Names names = taken(kShop);

  const std::string definitions = "customresourcedefinitions.apiextensions.k8s.io ";
  EXPECT_THAT(names, Contains("widgets.example.com shop/w"));
  EXPECT_THAT(names, Contains(definitions + "widgets.example.com"));
  EXPECT_THAT(names, Not(Contains(definitions + "gadgets.example.com")));
}

TEST_F(Execute, TakesFurtherCopiesInEachServedVersion) {
  Json versions = Json::array();
  for (const char* version : {"v2", "v1", "v1alpha1"}) {
    versions.push_back({{"name", version},
                        {"served", std::string(version) != "v1alpha1"},
                        {"storage", std::string(version) == "v2"}});
  }
  cluster_.seed(object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "",
                       "widgets.example.com",
                       {{"spec",
                         {{"group", "example.com"},
                          {"scope", "Namespaced"},
                          {"names", {{"plural", "widgets"}, {"kind", "Widget"}}},
                          {"versions", versions}}}}));
  cluster_.settle();
  cluster_.seed(object("example.com/v2", "Widget", "shop", "w"));
  cluster_.seed(object("v1", "Namespace", "", "other"));
  cluster_.seed(object("example.com/v2", "Widget", "other", "w"));

  const Names names = taken(kShop);

  EXPECT_THAT(names, Contains("widgets.example.com shop/w"));
  EXPECT_EQ(copies_, Names{"v1 widgets.example.com shop/w"});
}

TEST_F(Execute, ListsWhenManyObjectsAreNeeded) {
  for (int i = 0; i < 30; ++i) {
    const std::string number = std::to_string(i);
    cluster_.seed(object("v1", "PersistentVolume", "", "pv-" + number,
                         {{"spec", {{"hostPath", {{"path", "/x"}}}}}}));
    if (i % 2 != 0) continue;
    cluster_.seed(object("v1", "PersistentVolumeClaim", "shop", "claim-" + number,
                         {{"spec", {{"volumeName", "pv-" + number}}}}));
  }
  for (int i = 0; i < 30; ++i) {
    cluster_.seed(object("v1", "PersistentVolumeClaim", "shop", "more-" + std::to_string(i),
                         {{"spec", {{"volumeName", "gone-" + std::to_string(i)}}}}));
  }

  const Names names = taken(kShop);

  EXPECT_THAT(names, Contains("persistentvolumes pv-4"));
  EXPECT_THAT(names, Not(Contains("persistentvolumes pv-5")));
  EXPECT_TRUE(problems_.empty());
}

TEST_F(Execute, GoesOnWithoutAVolumeThatIsGone) {
  cluster_.seed(
      object("v1", "PersistentVolumeClaim", "shop", "claim", {{"spec", {{"volumeName", "gone"}}}}));

  EXPECT_THAT(taken(kShop), Contains("persistentvolumeclaims shop/claim"));
  EXPECT_TRUE(problems_.empty());
}

TEST_F(Execute, WritesEachObjectOnceWhenAListBeginsAnew) {
  for (int i = 0; i < 250; ++i) {
    cluster_.seed(object("v1", "ConfigMap", "shop", "map-" + std::to_string(i)));
  }
  unsigned lists = 0;
  cluster_.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.group_resource == "configmaps" && ++lists == 2) {
      cluster_.seed(object("v1", "ConfigMap", "shop", "late"));
      cluster_.forget_history();
    }
    return {};
  });

  const Names names = taken(kShop);

  // The reader refuses an archive that has an object twice.
  EXPECT_THAT(names, IsSupersetOf({"configmaps shop/map-0", "configmaps shop/map-249",
                                   "configmaps shop/late"}));
  EXPECT_GT(lists, 3U);
}

TEST_F(Execute, TakesATypeOfTheClusterThatIsChosenByName) {
  cluster_.seed(object("scheduling.k8s.io/v1", "PriorityClass", "", "high"));

  const Names names =
      taken({{"namespaces", {"shop"}}, {"included_resources", {"priorityclasses"}}});

  EXPECT_THAT(names, Contains("priorityclasses.scheduling.k8s.io high"));
}

TEST_F(Execute, NamesTypesAsRestoresChooseThem) {
  cluster_.seed(object("apps/v1", "Deployment", "shop", "web"));
  cluster_.seed(object("v1", "Secret", "shop", "password"));

  taken(kShop);

  EXPECT_THAT(types_, IsSupersetOf({"deployments", "namespaces", "secrets"}));
}

TEST_F(Execute, GoesOnWhenATypeVanishesMeanwhile) {
  cluster_.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb == kube::Verb::list) cluster_.withdraw("ingresses.networking.k8s.io");
    return {};
  });

  EXPECT_THAT(taken(kShop), Contains("namespaces shop"));
  EXPECT_TRUE(problems_.empty());
}

TEST_F(Execute, FailsWhenEverythingIsRefused) {
  cluster_.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb == kube::Verb::discover) return {};
    return error(ErrorCode::denied, "forbidden").with("http_status", "403");
  });
  const auto store = objectstore::make_memory_store();
  auto writer = archive::Writer::create(context_, *store, "b").value();
  const Selection selection = parse_selection({{"all_namespaces", true}}).value();

  const auto collection =
      execute(context_, cluster_, selection, *writer, [](std::uint64_t) { return Result<void>(); });

  EXPECT_EQ(collection.error().code, ErrorCode::denied);
  EXPECT_THAT(collection.error().message, HasSubstr("nothing could be backed up"));
}

TEST_F(Execute, StopsWhenTheCredentialsExpire) {
  cluster_.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.group_resource != "pods") return {};
    return error(ErrorCode::denied, "unauthorized").with("http_status", "401");
  });
  const auto store = objectstore::make_memory_store();
  auto writer = archive::Writer::create(context_, *store, "b").value();
  const Selection selection = parse_selection({{"all_namespaces", true}}).value();

  const auto collection =
      execute(context_, cluster_, selection, *writer, [](std::uint64_t) { return Result<void>(); });

  EXPECT_EQ(collection.error().code, ErrorCode::denied);
  EXPECT_THAT(collection.error().message, HasSubstr("listing pods"));
}

}  // namespace
}  // namespace salvor::backup
