#include "restore/testing/bench.h"

#include <algorithm>
#include <set>

#include "archive/reader.h"
#include "archive/writer.h"
#include "base/random.h"
#include "catalog/sqlite.h"
#include "jobs/state.h"
#include "objectstore/memory.h"
#include "objectstore/testing/faulty.h"
#include "restore/ledger.h"
#include "restore/plan_job.h"
#include "restore/testing/objects.h"
#include "restore/testing/seeded_runner.h"
#include "restore/undo_job.h"

namespace salvor::restore::testing {
namespace {

catalog::Edit setting(const std::string& resource, const std::string& id, const Json& fields) {
  return {resource, id, std::nullopt, catalog::Touch::server,
          [fields](const Json& stored) -> Result<Json> {
            Json job = stored;
            job.update(fields);
            return job;
          }};
}

}  // namespace

Bench::Bench()
    : store(objectstore::make_memory_store()),
      catalog(catalog::open_sqlite(context, folder.file("catalog.db")).value()) {}

std::string Bench::insert(const std::string& resource, const Json& body) {
  const std::string id = new_object_id(clock.wall_seconds());
  const auto written = catalog->commit(context, {{catalog::Insert{resource, id, body}}});
  CHECK(written.ok());
  return id;
}

std::string Bench::add_point(const std::vector<Json>& objects) {
  const std::string name = "point-" + std::to_string(++points_);
  auto writer = archive::Writer::create(context, *store, name).value();
  std::set<ObjectName> items;
  for (const Json& object : objects) {
    const archive::ItemName item = name_of(object);
    if (items.insert({item.group_resource, item.namespace_name, item.name}).second) {
      CHECK(writer->add(context, item, text_at(object, "kind"), compact(object)).ok());
    } else {
      CHECK(writer->add_version(context, item, compact(object)).ok());
    }
  }
  archive::BackupDescription description;
  description.name = name;
  description.items = items.size();
  const archive::ArchiveSeal seal = writer->finish(context, description).value();
  return insert("backupinstances",
                {{"name", name}, {"state", "READY"}, {"archive", to_json(seal)}});
}

void Bench::add_claim_row(const std::string& point, const std::string& namespace_name,
                          const std::string& name, const Json& fields) {
  Json row = {{"name", name},
              {"namespace_name", namespace_name},
              {"cluster_id", "5f80d09ff281487d59c69f5b"},
              {"backupinst_id", point},
              {"phase", "Bound"},
              {"pv_name", "pv-of-" + name}};
  row.update(fields);
  insert("kubepvclaims", row);
}

std::string Bench::add_restore(const std::string& point, const Json& fields) {
  Json restore = {
      {"name", "restore"}, {"backup_inst", point}, {"selection", {{"all_namespaces", true}}}};
  restore.update(fields);
  return insert("kuberestores", restore);
}

std::string Bench::add_job(const std::string& restore, const Json& fields) {
  const std::string cluster =
      insert("kubeclusters", {{"name", "target-" + std::to_string(++clusters_)}});
  Json job = {{"type", "RESTORE"},
              {"state", jobs::kPending},
              {"restoredef", restore},
              {"cluster", cluster},
              {"start_time", clock.wall_seconds()}};
  job.update(fields);
  return insert("jobs", job);
}

std::string Bench::add_undo(const std::string& undone) {
  const Json done = job(undone);
  return insert("jobs", {{"type", "RESTORE_UNDO"},
                         {"state", jobs::kPending},
                         {"restoredef", done["restoredef"]},
                         {"cluster", done["cluster"]},
                         {"undo_of", undone},
                         {"start_time", clock.wall_seconds()}});
}

std::string Bench::add(const std::vector<Json>& objects, const Json& restore) {
  return add_job(add_restore(add_point(objects), restore));
}

jobs::JobEnd Bench::run(const std::string& id, kube::Api& cluster, const Process& process) {
  Life immortal;
  Life& life = process.life == nullptr ? immortal : *process.life;
  const Json stored = job(id);
  const jobs::Lease lease{"process", jobs::lease_in(stored).epoch + 1, clock.wall_seconds() + 60};
  const bool is_new = text_at(stored, "state") == jobs::kPending;
  set_job(id, {{"lease", jobs::to_json(lease)},
               {"state", is_new ? Json(jobs::kRunning) : stored["state"]}});

  MortalCatalog seen(*catalog, life);
  jobs::LeaseRun run(seen, context, id, job(id), lease, !is_new);
  if (text_at(stored, "state") == jobs::kCancelling) run.stop(jobs::StopReason::cancelled);
  if (process.before) process.before(run);
  Ports ports{seen,
              *store,
              sealer,
              {},
              folder.file("."),
              process.in_flight,
              process.patience,
              seeded(process.seed)};
  ports.connect = [&](Context&, const Json&) -> Result<std::unique_ptr<kube::Api>> {
    return std::unique_ptr<kube::Api>(std::make_unique<MortalApi>(cluster, life));
  };
  ports.movers = movers;
  // Copies lie in the same store.
  ports.open_copies = [&](Context&, const std::string&,
                          const std::string&) -> Result<volume::CopyAccess> {
    volume::CopyAccess access = copies.open();
    access.store = std::make_unique<objectstore::testing::FaultyStore>(*store);
    return access;
  };
  const std::string type = text_at(stored, "type");
  jobs::JobEnd end = (type == "RESTORE_PLAN"   ? plan_kind(ports)
                      : type == "RESTORE_UNDO" ? undo_kind(ports)
                                               : restore_kind(ports))
                         .run(run);
  const Result<void> written = run.finish(end);
  CHECK(written.ok() || life.is_dead());
  return end;
}

Json Bench::job(const std::string& id) { return catalog->get(context, "jobs", id).value().body(); }

void Bench::set_job(const std::string& id, const Json& fields) {
  CHECK(catalog->commit(context, {{setting("jobs", id, fields)}}).ok());
}

void Bench::set_point(const std::string& id, const Json& fields) {
  CHECK(catalog->commit(context, {{setting("backupinstances", id, fields)}}).ok());
}

void Bench::move_to_repository(const std::string& point) {
  const Json document = catalog->get(context, "backupinstances", point).value().body();
  archive::ArchiveSeal seal = archive::seal_in(document);
  const auto files = [&](const FileSink& sink) {
    return archive::read_files(context, *store, seal, sink);
  };
  seal.snapshot = copies.open().save_files(context, {"/objects", "", {point}}, files)->snapshot;
  CHECK(archive::remove_backup(context, *store, seal.name).ok());
  set_point(
      point,
      {{"type", "COPY"}, {"objectstore", "5f80d0a8f281487d59c69f60"}, {"archive", to_json(seal)}});
}

std::vector<Json> Bench::rows(const std::string& job) {
  return documents(kItems, schema::equals("job_id", job));
}

std::vector<Json> Bench::plan_rows(const std::string& job) {
  return documents(kPlanItems, schema::equals("plan_id", job));
}

Json Bench::plan(const std::string& job) {
  return catalog->get(context, kPlans, job).value().body();
}

std::vector<Json> Bench::documents(const char* resource, schema::Filter filter) {
  const catalog::Page page = catalog
                                 ->find(context, resource,
                                        {.filter = std::move(filter),
                                         .sort = {{"seq", false}},
                                         .limit = 100000,
                                         .count_total = false})
                                 .value();
  std::vector<Json> found;
  for (const catalog::Document& document : page.documents) found.push_back(document.body());
  return found;
}

std::map<std::string, Json> Bench::volumes(const std::string& job) {
  std::map<std::string, Json> volumes;
  for (const Json& row : documents("kubepvcprogress", schema::equals("job_id", job)))
    volumes[text_at(row, "name")] = row;
  return volumes;
}

Json Bench::row(const std::string& job, const std::string& kind, const std::string& source_name) {
  const std::vector<Json> all = rows(job);
  const auto found = std::find_if(all.begin(), all.end(), [&](const Json& row) {
    return row["kind"] == kind && row["source_name"] == source_name;
  });
  CHECK(found != all.end());
  return *found;
}

}  // namespace salvor::restore::testing
