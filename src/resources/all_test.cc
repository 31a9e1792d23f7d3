#include "resources/all.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "schema/validate.h"

namespace salvor::resources {
namespace {

using schema::Field;
using schema::Mode;
using schema::Resource;
using schema::validate;

// Collections of the API that this server does not have yet; references to them are refused,
// because no document of them exists.
const std::set<std::string> kElsewhere = {"policies", "kubehooks", "cloudaccounts"};

void each_shape(const std::vector<Field>& fields,
                const std::function<void(const schema::Shape&)>& visit) {
  for (const Field& field : fields) {
    visit(field.shape);
    each_shape(field.shape.fields, visit);
    for (const schema::Shape& element : field.shape.element) {
      visit(element);
      each_shape(element.fields, visit);
    }
  }
}

Json issues_of(const char* path, const Json& body) {
  return validate(*find(path), body, Mode::create).issues;
}

TEST(Resources, AreFoundByTheirPath) {
  EXPECT_EQ(find("kuberestores")->title, "Kuberestore");
  EXPECT_EQ(find("nosuch"), nullptr);
  for (const Resource* resource : all()) EXPECT_EQ(find(resource->path), resource);
}

TEST(Resources, HaveTheTitlesThatEveMakes) {
  for (const Resource* resource : all()) {
    std::string title = resource->path;
    while (title.back() == 's') title.pop_back();
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
    EXPECT_EQ(resource->title, title);
  }
}

TEST(Resources, ReferToResourcesOfTheApi) {
  for (const Resource* resource : all()) {
    each_shape(resource->fields, [&](const schema::Shape& shape) {
      if (shape.type != schema::Type::reference) return;
      EXPECT_TRUE(find(shape.target) != nullptr || kElsewhere.contains(shape.target))
          << resource->path << " " << shape.target;
    });
  }
}

TEST(Resources, DocumentEveryField) {
  for (const Resource* resource : all()) {
    EXPECT_FALSE(resource->doc.empty()) << resource->path;
    std::set<std::string> names;
    for (const Field& field : resource->fields) {
      EXPECT_FALSE(field.doc.empty()) << resource->path << " " << field.name;
      EXPECT_TRUE(names.insert(field.name).second) << resource->path << " " << field.name;
    }
  }
}

TEST(Resources, HaveExamplesThatAreValid) {
  for (const Resource* resource : all()) {
    if (!resource->methods.create) continue;
    EXPECT_EQ(issues_of(resource->path.c_str(), resource->example), Json::object())
        << resource->path;
  }
}

TEST(Resources, HaveDefaultsThatAreValid) {
  for (const Resource* resource : all()) {
    each_shape(resource->fields, [&](const schema::Shape& shape) {
      if (!shape.default_value) return;
      const schema::Action echo{
          .name = "x", .doc = "", .request = {{"v", shape, schema::optional, ""}}};
      EXPECT_TRUE(schema::validate_request(echo, {{"v", *shape.default_value}}).ok())
          << resource->path << compact(*shape.default_value);
    });
  }
}

TEST(Kubeclusters, TakeWhatTheTerraformProviderSends) {
  const auto made = validate(*find("kubeclusters"), {{"name", "c"}}, Mode::create);

  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made.document["status"]["state"], "REGISTERED");
}

TEST(Kubeclusters, KeepStatusAndKubeconfigOverAPut) {
  const Json stored = {{"name", "c"}, {"kubeconfig", "sealed"}, {"status", {{"state", "ACTIVE"}}}};

  const auto made = validate(*find("kubeclusters"), {{"name", "d"}}, Mode::replace, &stored);

  EXPECT_EQ(made.document["status"]["state"], "ACTIVE");
  EXPECT_EQ(made.document["kubeconfig"], "sealed");
}

TEST(Kubebackups, TakeWhatRealClientsSend) {
  const std::string id(24, 'a');

  EXPECT_EQ(issues_of("kubebackups",
                      {{"name", "b"},
                       {"cluster", id},
                       {"trigger_type", "ADHOC"},
                       {"source", {{"namespaces", {"a"}}, {"label_selector", {{"app", "x,y"}}}}},
                       {"status", Json::object()}}),
            Json::object());
}

TEST(Kubebackups, ShowNoRunBeforeTheFirst) {
  const auto made = validate(*find("kubebackups"), find("kubebackups")->example, Mode::create);

  EXPECT_EQ(made.document["status"], Json::object());
  EXPECT_EQ(made.document["source"],
            (Json{{"all_namespaces", true}, {"snapshotPersistentVolumes", true}}));
}

TEST(Kuberestores, PutTheDocumentedDefaults) {
  const auto made = validate(*find("kuberestores"), find("kuberestores")->example, Mode::create);

  EXPECT_EQ(made.document["selection"],
            (Json{{"all_namespaces", true}, {"restorePersistentVolumes", true}}));
  EXPECT_EQ(made.document["status"], (Json{{"state", "PENDING"}}));
}

TEST(Kuberestores, RefuseNamesThatAreNoLabels) {
  const Json issues = issues_of("kuberestores", {{"name", "r"},
                                                 {"backup_inst", std::string(24, 'a')},
                                                 {"selection", Json::object()},
                                                 {"namespaces_prefix", "Abc"},
                                                 {"namespaces_map", {{"a", "b_c"}}}});

  EXPECT_TRUE(issues.contains("namespaces_prefix"));
  EXPECT_TRUE(issues["namespaces_map"].contains("a"));
}

TEST(Kuberestores, RequireWhatTheGuideRequires) {
  EXPECT_EQ(issues_of("kuberestores", Json::object()), (Json{{"name", "required field"},
                                                             {"backup_inst", "required field"},
                                                             {"selection", "required field"}}));
}

TEST(Jobs, HideTheirLease) {
  EXPECT_TRUE(schema::locate(*find("jobs"), "lease.expires").is_hidden);
}

TEST(Apikeys, HideTheirHashAndRefuseOneFromClients) {
  EXPECT_TRUE(schema::locate(*find("apikeys"), "hash").is_hidden);
  EXPECT_EQ(issues_of("apikeys", {{"name", "k"}, {"hash", "x"}})["hash"], "unknown field");
}

TEST(Inventories, CannotBeWrittenByClients) {
  for (const char* path : {"kubenamespaces", "kubepvclaims", "kubestorageclasses", "jobs",
                           "kuberestoreitems", "backupinstances", "kubepvcprogress"}) {
    EXPECT_FALSE(find(path)->methods.create) << path;
    EXPECT_FALSE(find(path)->methods.change) << path;
  }
}

TEST(Kubeoffloads, PutTheDocumentedDefaultsAndNoneInOptions) {
  Json body = find("kubeoffloads")->example;
  body["run_backup"] = false;
  body["options"] = {{"pvc_parallelism", 4}};

  const auto made = validate(*find("kubeoffloads"), body, Mode::create);

  ASSERT_TRUE(made.ok()) << made.issues;
  EXPECT_EQ(made.document["delete_snapshots"], true);
  EXPECT_EQ(made.document["pause"], false);
  EXPECT_EQ(made.document["options"], (Json{{"pvc_parallelism", 4}}));
  EXPECT_EQ(made.document["status"], (Json{{"state", "PENDING"}}));
}

TEST(TransferLimits, RefuseWhatIsNoTimeSpan) {
  for (const char* path : {"kubeoffloads", "kuberestores"}) {
    Json body = find(path)->example;
    body["options"] = {{"mover_ready_timeout", "soon"}};
    EXPECT_TRUE(validate(*find(path), body, Mode::create).issues.contains("options")) << path;
    body["options"] = {{"mover_ready_timeout", "1h30m"}, {"report_interval", "30s"}};
    EXPECT_FALSE(validate(*find(path), body, Mode::create).issues.contains("options")) << path;
  }
}

TEST(Objectstores, HideTheirCredentials) {
  for (const char* path :
       {"s3provider.credentials", "s3provider.credentials.access_key",
        "s3provider.credentials.secret_key", "s3provider.credentials.session_token"}) {
    EXPECT_TRUE(schema::locate(*find("objectstores"), path).is_hidden) << path;
  }
}

TEST(Jobs, HideWhetherACopyTakesASnapshotFirst) {
  EXPECT_TRUE(schema::locate(*find("jobs"), "run_backup").is_hidden);
}

TEST(Kubepvclaims, HaveTheLargePageOfTheGuide) {
  EXPECT_EQ(find("kubepvclaims")->page_size, 1000U);
}

}  // namespace
}  // namespace salvor::resources
