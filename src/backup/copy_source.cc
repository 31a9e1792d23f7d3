#include "backup/copy_source.h"

#include <nlohmann/json.hpp>

#include "schema/filter.h"

namespace salvor::backup {
namespace {

Result<std::string> take_snapshot(const Ports& ports, jobs::JobRun& run) {
  jobs::JobEnd taken = run_backup(ports, run);
  TRY_VOID(run.commit(std::move(taken.changes)));
  if (taken.outcome != jobs::Outcome::completed && taken.outcome != jobs::Outcome::partial) {
    const bool is_stop = taken.outcome == jobs::Outcome::cancelled;
    return error(is_stop ? ErrorCode::cancelled : ErrorCode::unavailable, taken.message);
  }
  catalog::Query query;
  query.filter =
      schema::all_of({schema::equals("backup_job_id", run.id()), schema::equals("state", "READY")});
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page made, ports.catalog.find(run.context(), "backupinstances", query));
  if (made.documents.empty())
    return error(ErrorCode::not_found, "the new snapshot is gone already");
  return made.documents.front().id;
}

Result<std::string> newest_snapshot(const Ports& ports, Context& context,
                                    const CopyDefinition& definition) {
  catalog::Query query;
  query.filter =
      schema::all_of({schema::equals("backupdef", text_at(definition.copy, "backupdef")),
                      schema::equals("state", "READY"), schema::equals("type", "SNAPSHOT")});
  query.sort = {{"start_time", true}};
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, ports.catalog.find(context, "backupinstances", query));
  if (!page.documents.empty()) return page.documents.front().id;
  return error(ErrorCode::not_found, "the backup has no READY snapshot to copy")
      .with_hint("run the backup first, or this copy with run_backup");
}

}  // namespace

Result<Json> load_document(Context& context, catalog::Catalog& catalog, const std::string& resource,
                           const std::string& id) {
  TRY(const catalog::Document document,
      catalog.get(context, resource, id).within("reading " + resource + "/" + id));
  Json body = document.body();
  body["_id"] = document.id;
  return body;
}

Result<CopyDefinition> load_copy_definition(const Ports& ports, jobs::JobRun& run) {
  CopyDefinition definition;
  TRY(definition.copy, load_document(run.context(), ports.catalog, "kubeoffloads",
                                     text_at(run.document(), "offloaddef")));
  TRY(definition.cluster, load_document(run.context(), ports.catalog, "kubeclusters",
                                        text_at(run.document(), "cluster")));
  for (const Json* provider : {&member(definition.copy, "offload_provider"),
                               &member(definition.cluster, "backup_provider")}) {
    if (definition.object_store.empty()) {
      definition.object_store = text_at(*provider, "user_objectstore");
    }
  }
  if (!definition.object_store.empty()) return definition;
  return error(ErrorCode::invalid, "the copy names no object store")
      .with_hint("set offload_provider.user_objectstore");
}

Result<std::string> choose_copy_source(const Ports& ports, jobs::JobRun& run,
                                       const CopyDefinition& definition) {
  const std::string chosen = text_at(member(run.document(), "copy"), "source");
  if (!chosen.empty()) return chosen;
  std::string source = text_at(run.document(), "backup_inst");
  if (member(run.document(), "run_backup") == true) {
    TRY(source, take_snapshot(ports, run));
  }
  if (source.empty()) {
    TRY(source, newest_snapshot(ports, run.context(), definition));
  }
  TRY_VOID(run.progress({{"backup_inst", source}, {"copy", {{"source", source}}}}));
  return source;
}

}  // namespace salvor::backup
