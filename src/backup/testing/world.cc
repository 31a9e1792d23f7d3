#include "backup/testing/world.h"

#include <gtest/gtest.h>

#include "archive/reader.h"
#include "backup/removal.h"
#include "catalog/sqlite.h"
#include "objectstore/memory.h"

namespace salvor::backup::testing {
namespace {

// The job owns its API client; the cluster belongs to the test.
class Borrowed final : public kube::Api {
 public:
  explicit Borrowed(kube::Api& api) : api_(api) {}
  Result<kube::ServerVersion> version(Context& context) override { return api_.version(context); }
  Result<kube::Discovery> discover(Context& context) override { return api_.discover(context); }
  Result<kube::ListPage> list(Context& context, const kube::ResourceType& type,
                              const kube::ListOptions& options) override {
    return api_.list(context, type, options);
  }
  Result<void> watch(Context& context, const kube::ResourceType& type,
                     const kube::ListOptions& options, const kube::WatchSink& sink) override {
    return api_.watch(context, type, options, sink);
  }
  Result<Json> get(Context& context, const kube::ResourceType& type,
                   const kube::ObjectKey& key) override {
    return api_.get(context, type, key);
  }
  Result<Json> create(Context& context, const kube::ResourceType& type,
                      const std::string& namespace_name, const std::string& body,
                      const kube::WriteOptions& options) override {
    return api_.create(context, type, namespace_name, body, options);
  }
  Result<Json> patch(Context& context, const kube::ResourceType& type, const kube::ObjectKey& key,
                     kube::PatchKind kind, const Json& patch,
                     const kube::WriteOptions& options) override {
    return api_.patch(context, type, key, kind, patch, options);
  }
  Result<void> remove(Context& context, const kube::ResourceType& type, const kube::ObjectKey& key,
                      const kube::RemoveOptions& options) override {
    return api_.remove(context, type, key, options);
  }
  Result<std::string> pod_log(Context& context, const kube::ObjectKey& pod,
                              unsigned lines) override {
    return api_.pod_log(context, pod, lines);
  }

 private:
  kube::Api& api_;
};

void fill_namespace(kube::FakeCluster& cluster, const std::string& name) {
  const Json web = {{"app", "web"}};
  const std::string claim = name + "-claim";
  cluster.seed(object("v1", "Namespace", "", name));
  cluster.seed(object("storage.k8s.io/v1", "StorageClass", "", name + "-class",
                      {{"provisioner", "hostpath.csi.k8s.io"}}));
  cluster.seed(object(
      "v1", "PersistentVolume", "", name + "-volume",
      {{"spec",
        {{"storageClassName", name + "-class"},
         {"csi", {{"driver", "hostpath.csi.k8s.io"}, {"volumeHandle", name + "-handle"}}}}}}));
  cluster.seed(object("v1", "PersistentVolumeClaim", name, claim,
                      {{"spec",
                        {{"volumeName", name + "-volume"},
                         {"storageClassName", name + "-class"},
                         {"resources", {{"requests", {{"storage", "50Mi"}}}}}}},
                       {"status", {{"phase", "Bound"}, {"capacity", {{"storage", "64Mi"}}}}}}));
  cluster.seed(object("v1", "ServiceAccount", name, "runner"));
  cluster.seed(object("v1", "Secret", name, "password", {{"data", {{"p", "c2VjcmV0LXZhbHVl"}}}}));
  cluster.seed(object("v1", "ConfigMap", name, "settings", {{"metadata", {{"labels", web}}}}));
  cluster.seed(object("rbac.authorization.k8s.io/v1", "ClusterRole", "", name + "-role"));
  cluster.seed(object(
      "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", name + "-binding",
      {{"roleRef", {{"kind", "ClusterRole"}, {"name", name + "-role"}}},
       {"subjects", {{{"kind", "ServiceAccount"}, {"namespace", name}, {"name", "runner"}}}}}));
  cluster.seed(object("scheduling.k8s.io/v1", "PriorityClass", "", name + "-priority"));
  cluster.seed(object("apps/v1", "Deployment", name, "web",
                      {{"metadata", {{"labels", web}}},
                       {"spec",
                        {{"replicas", 0},
                         {"selector", {{"matchLabels", web}}},
                         {"template",
                          {{"metadata", {{"labels", web}}},
                           {"spec", {{"priorityClassName", name + "-priority"}}}}}}}}));
}

}  // namespace

Json object(const std::string& api_version, const std::string& kind,
            const std::string& namespace_name, const std::string& name, const Json& more) {
  Json made = {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}}}};
  if (!namespace_name.empty()) made["metadata"]["namespace"] = namespace_name;
  made.merge_patch(more);
  return made;
}

std::string text_of(const archive::ItemName& item) {
  const std::string scope = item.namespace_name.empty() ? "" : item.namespace_name + "/";
  return item.group_resource + " " + scope + item.name;
}

World::World(const Json& source)
    : store(objectstore::make_memory_store()),
      catalog(catalog::open_sqlite(context, folder_.path() + "/catalog.db").value()) {
  Context writing = context;
  const auto written = catalog->commit(
      writing,
      {{catalog::Insert{"kubeclusters", kClusterId, {{"name", "testcluster"}}},
        catalog::Insert{"kubebackups",
                        kBackupId,
                        {{"name", "testbackup"}, {"cluster", kClusterId}, {"source", source}}}}});
  EXPECT_TRUE(written.ok()) << written.error().describe();
}

void World::fill() {
  snapshotter.add_class("fast");
  fill_namespace(cluster, "shop");
  fill_namespace(cluster, "other");
}

FakeJobRun World::job_run(FakeJobRun::Resumed resumed) {
  return FakeJobRun(*catalog, context, kJobId, job, resumed);
}

FakeJobRun World::job_run_stopped_by(std::stop_token stop) {
  return FakeJobRun(*catalog, context.stopped_by(std::move(stop)), kJobId, job);
}

Ports World::ports(objectstore::Store& into) {
  const auto connect = [this](Context&, const Json&) -> Result<std::unique_ptr<kube::Api>> {
    if (connect_failure) return *connect_failure;
    return std::unique_ptr<kube::Api>(std::make_unique<Borrowed>(cluster));
  };
  return {*catalog, into, connect, "salvor-movers"};
}

jobs::JobEnd World::run(FakeJobRun& run, objectstore::Store& into) {
  return backup_kind(ports(into)).run(run);
}

jobs::JobEnd World::run_to_end(FakeJobRun& job_run) {
  jobs::JobEnd end = run(job_run, *store);
  const Result<void> finished = job_run.finish(end);
  EXPECT_TRUE(finished.ok()) << finished.error().describe();
  return end;
}

jobs::JobEnd World::remove_point(const std::string& id) {
  FakeJobRun run(*catalog, context, kJobId, {{"type", "DELETE_BACKUP"}, {"backup_inst", id}});
  jobs::JobEnd end = removal_kind({ports(*store), {}, {}}).run(run);
  if (end.outcome == jobs::Outcome::failed) return end;
  const Result<void> finished = run.finish(end);
  EXPECT_TRUE(finished.ok()) << finished.error().describe();
  return end;
}

std::vector<catalog::Document> World::points(const std::string& state) {
  catalog::Query query;
  query.filter = schema::equals("state", state);
  Context reading = context;
  return catalog->find(reading, "backupinstances", query).value().documents;
}

std::vector<Json> World::rows(const std::string& resource) {
  Context reading = context;
  catalog::Query query;
  query.sort = {{"name", false}};
  query.limit = 1000;
  std::vector<Json> rows;
  const catalog::Page page = catalog->find(reading, resource, query).value();
  for (const catalog::Document& document : page.documents) rows.push_back(document.body());
  return rows;
}

std::set<std::string> World::archived() {
  const std::vector<catalog::Document> ready = points("READY");
  EXPECT_EQ(ready.size(), 1U);
  if (ready.size() != 1) return {};
  std::set<std::string> items;
  Context reading = context;
  const Result<void> read =
      archive::read_items(reading, *store, archive::seal_in(ready[0].body()),
                          {[&](const archive::ItemName& item, std::string_view) -> Result<void> {
                            items.insert(text_of(item));
                            return {};
                          }});
  EXPECT_TRUE(read.ok()) << read.error().describe();
  return items;
}

}  // namespace salvor::backup::testing
