#include "backup/import_job.h"

#include <nlohmann/json.hpp>
#include <set>

#include "backup/copy_source.h"
#include "backup/imported_copy.h"
#include "resources/all.h"
#include "schema/filter.h"

namespace salvor::backup {
namespace {

constexpr const char* kRepositories = "restic/";
constexpr std::string_view kConfig = "/config";
constexpr std::size_t kProblemsShown = 20;

bool tells_damage(const Error& failure) {
  return failure.code == ErrorCode::corrupt || failure.code == ErrorCode::not_found ||
         failure.code == ErrorCode::invalid;
}

class ImportJob {
 public:
  ImportJob(const CopyPorts& ports, jobs::JobRun& run) : ports_(ports), run_(run) {}

  Result<jobs::JobEnd> run() {
    store_ = text_at(run_.document(), "objectstore");
    TRY(const Json store, load_document(context(), catalog(), "objectstores", store_));
    store_name_ = text_at(store, "name");
    TRY_VOID(run_.activity("Looking for copies in " + store_name_));
    TRY(const std::set<std::string> clusters, clusters_with_copies());
    for (const std::string& cluster : clusters) TRY_VOID(import_cluster(cluster));
    return end();
  }

 private:
  Context& context() { return run_.context(); }
  catalog::Catalog& catalog() { return ports_.backup.catalog; }

  // By their repositories.
  Result<std::set<std::string>> clusters_with_copies() {
    TRY(const volume::CopyAccess access, ports_.open_copies(context(), store_, ""));
    TRY(const auto objects, access.store->list(context(), kRepositories));
    std::set<std::string> clusters;
    const std::size_t begin = std::string_view(kRepositories).size();
    for (const objectstore::ObjectInfo& object : objects) {
      if (!object.name.ends_with(kConfig)) continue;
      const std::string cluster =
          object.name.substr(begin, object.name.size() - begin - kConfig.size());
      if (cluster.find('/') == std::string::npos) clusters.insert(cluster);
    }
    return clusters;
  }

  Result<void> import_cluster(const std::string& cluster) {
    TRY(const volume::CopyAccess access, ports_.open_copies(context(), store_, cluster));
    const auto copies = access.list_files(context(), kObjectsPath);
    if (!copies.ok()) return note("the repository of cluster " + cluster, copies.error());
    for (const volume::LabelledFiles& copy : *copies) {
      const std::string point = point_of(copy.label);
      if (point.empty()) continue;
      TRY(const bool is_there, is_known("backupinstances", point));
      if (is_there) {
        ++known_;
        continue;
      }
      const Result<void> imported = import_copy(access, cluster, copy);
      if (!imported.ok()) TRY_VOID(note("recovery point " + point, imported.error()));
    }
    return {};
  }

  Result<void> import_copy(const volume::CopyAccess& access, const std::string& cluster,
                           const volume::LabelledFiles& files) {
    TRY(ImportedCopy copy, read_imported(context(), access, files));
    const ImportPlace place{store_, cluster, access.location};
    std::vector<catalog::Change> changes;
    TRY(const bool has_cluster, is_known("kubeclusters", cluster));
    if (!has_cluster) {
      TRY(Json document, new_cluster(cluster, files.label.host));
      changes.emplace_back(catalog::Insert{"kubeclusters", cluster, std::move(document)});
    }
    const Json point = imported_point(copy, place, context().clock.wall_seconds());
    changes.emplace_back(catalog::Insert{"backupinstances", copy.point_id, point});
    for (CatalogRows& rows : copy.rows) {
      for (Json& row : rows.rows)
        changes.emplace_back(catalog::Insert{rows.resource, "", std::move(row)});
    }
    ++imported_;
    clusters_.insert(cluster);
    TRY_VOID(run_.activity("Imported " + text_at(point, "name")));
    return run_.progress({{"num_total_resources", imported_}}, std::move(changes));
  }

  // One that nobody can connect to until it is given a kubeconfig.
  Result<Json> new_cluster(const std::string& id, const std::string& host) {
    std::string name = host.empty() ? id : host;
    catalog::Query query;
    query.filter = schema::equals("name", name);
    query.limit = 1;
    query.count_total = false;
    TRY(const catalog::Page same, catalog().find(context(), "kubeclusters", query));
    if (!same.documents.empty()) name += "-" + id;
    return schema::with_defaults(
        *resources::find("kubeclusters"),
        {{"name", name}, {"description", "known from its copies in " + store_name_}});
  }

  Result<bool> is_known(const char* resource, const std::string& id) {
    const auto found = catalog().get(context(), resource, id);
    if (found.ok()) return true;
    if (found.error().code == ErrorCode::not_found) return false;
    return found.error();
  }

  Result<void> note(const std::string& what, const Error& failure) {
    TRY_VOID(context().check());
    if (!tells_damage(failure)) return failure;
    if (++problems_ > kProblemsShown) return {};
    return run_.activity("Error: " + what + ": " + failure.message);
  }

  jobs::JobEnd end() const {
    jobs::JobEnd end;
    end.outcome = problems_ == 0 ? jobs::Outcome::completed : jobs::Outcome::partial;
    end.message = "imported " + std::to_string(imported_) + " recovery points of " +
                  std::to_string(clusters_.size()) + " clusters; " + std::to_string(known_) +
                  " were known";
    if (problems_ > 0) end.message += ", " + std::to_string(problems_) + " could not be read";
    end.fields = {{"num_errors", problems_}};
    return end;
  }

  const CopyPorts& ports_;
  jobs::JobRun& run_;
  std::string store_;
  std::string store_name_;
  std::set<std::string> clusters_;  // of the imported ones
  std::size_t imported_ = 0;
  std::size_t known_ = 0;
  std::size_t problems_ = 0;
};

}  // namespace

jobs::JobKind import_kind(CopyPorts ports) {
  return {"IMPORT_COPIES", [ports = std::move(ports)](jobs::JobRun& run) {
            auto ended = ImportJob(ports, run).run();
            if (ended.ok()) return *std::move(ended);
            const bool is_stop = ended.error().code == ErrorCode::cancelled;
            return jobs::JobEnd{is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed,
                                "Import failed: " + ended.error().describe(),
                                {{"num_errors", is_stop ? 0 : 1}},
                                {}};
          }};
}

}  // namespace salvor::backup
