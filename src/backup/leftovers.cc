#include "backup/leftovers.h"

#include <nlohmann/json.hpp>
#include <set>

#include "volume/handed_volume.h"
#include "volume/listing.h"
#include "volume/sandbox.h"
#include "volume/snapshot_source.h"

namespace salvor::backup {
namespace {

constexpr std::chrono::seconds kGoneWithin{10};

using JobIds = std::set<std::string>;

// The jobs whose marks objects of the type carry.
Result<void> add_jobs(Context& context, kube::Api& api, const kube::ResourceType& type,
                      const std::string& space, JobIds& jobs) {
  for (const char* label : {volume::kJobLabel, volume::kCopyLabel}) {
    const auto marked =
        volume::list_all(context, api, type, {.namespace_name = space, .label_selector = label});
    if (!marked.ok() && marked.error().code == ErrorCode::not_found) return {};
    if (!marked.ok()) return marked.error();
    for (const Json& object : *marked) {
      jobs.insert(text_at(member(member(object, "metadata"), "labels"), label));
    }
  }
  return {};
}

Result<void> clear_up_after(Context& context, kube::Api& api, const volume::MoverPlace& movers,
                            const std::string& id, const Json& job) {
  const volume::Mark mark{volume::MarkedBy::job, id};
  const volume::Mark copy_mark{volume::MarkedBy::copy, id};
  const std::string type = text_at(job, "type");
  const std::string state = text_at(job, "state");
  const bool has_failed = state == "FAILED" || state == "CANCELED" || state == "SKIPPED";
  const bool has_ended = has_failed || state == "COMPLETED" || state == "PARTIAL";
  // A copy that took a snapshot first keeps it, once it is a recovery point.
  const bool took_none = text_at(member(job, "copy"), "source").empty();
  if (has_failed && (type == "K8S_SNAP" || (type == "K8S_COPY" && took_none))) {
    TRY_VOID(volume::remove_marked(context, api, mark, volume::Fate::deleted, kGoneWithin));
  }
  if (type == "K8S_COPY" && has_ended) {
    TRY_VOID(volume::remove_movers(context, api, movers, copy_mark));
    return volume::remove_marked(context, api, copy_mark, volume::Fate::kept, kGoneWithin);
  }
  if (type == "VERIFY" && has_ended)
    return volume::remove_marked(context, api, mark, volume::Fate::kept, kGoneWithin);
  if (type == "DRILL" && has_ended)
    return volume::remove_sandboxes(context, api, movers, id, kGoneWithin);
  if (type == "RESTORE" && has_ended) {
    TRY_VOID(volume::let_go_of_handed(context, api, mark));
    TRY_VOID(volume::remove_movers(context, api, movers, mark));
    const auto staying = volume::withdraw_used(context, api, mark);
    if (!staying.ok()) return staying.error();
  }
  return {};
}

}  // namespace

Result<void> remove_leftovers(Context& context, catalog::Catalog& catalog, kube::Api& api,
                              const volume::MoverPlace& movers) {
  JobIds jobs;
  TRY_VOID(add_jobs(context, api, volume::snapshot_type(), "", jobs));
  TRY_VOID(add_jobs(context, api, volume::content_type(), "", jobs));
  TRY_VOID(add_jobs(context, api, volume::volume_type(), "", jobs));
  TRY_VOID(add_jobs(context, api, volume::claim_type(), movers.namespace_name, jobs));
  TRY_VOID(add_jobs(context, api, volume::namespace_type(), "", jobs));
  for (const std::string& id : jobs) {
    const auto job = catalog.get(context, "jobs", id);
    if (!job.ok() && job.error().code == ErrorCode::not_found) continue;
    if (!job.ok()) return job.error();
    TRY_VOID(clear_up_after(context, api, movers, id, job->body()));
  }
  return {};
}

}  // namespace salvor::backup
