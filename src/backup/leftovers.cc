#include "backup/leftovers.h"

#include <nlohmann/json.hpp>
#include <set>

#include "volume/listing.h"
#include "volume/snapshot_source.h"

namespace salvor::backup {
namespace {

constexpr std::chrono::seconds kGoneWithin{10};

Result<void> add_jobs(Context& context, kube::Api& api, const kube::ResourceType& type,
                      std::set<std::string>& jobs) {
  const auto marked = volume::list_all(context, api, type, {.label_selector = volume::kJobLabel});
  if (!marked.ok() && marked.error().code == ErrorCode::not_found) return {};
  if (!marked.ok()) return marked.error();
  for (const Json& object : *marked) {
    jobs.insert(text_at(member(member(object, "metadata"), "labels"), volume::kJobLabel));
  }
  return {};
}

Result<void> clear_up_after(Context& context, kube::Api& api, const std::string& id,
                            const Json& job) {
  const volume::Mark mark{volume::MarkedBy::job, id};
  const std::string type = text_at(job, "type");
  const std::string state = text_at(job, "state");
  const bool has_failed = state == "FAILED" || state == "CANCELED" || state == "SKIPPED";
  const bool has_ended = has_failed || state == "COMPLETED" || state == "PARTIAL";
  if (type == "K8S_SNAP" && has_failed) {
    return volume::remove_marked(context, api, mark, volume::Fate::deleted, kGoneWithin);
  }
  if (type == "RESTORE" && has_ended) {
    const auto staying = volume::withdraw_used(context, api, mark);
    if (!staying.ok()) return staying.error();
  }
  return {};
}

}  // namespace

Result<void> remove_leftovers(Context& context, catalog::Catalog& catalog, kube::Api& api) {
  std::set<std::string> jobs;
  TRY_VOID(add_jobs(context, api, volume::snapshot_type(), jobs));
  TRY_VOID(add_jobs(context, api, volume::content_type(), jobs));
  for (const std::string& id : jobs) {
    const auto job = catalog.get(context, "jobs", id);
    if (!job.ok() && job.error().code == ErrorCode::not_found) continue;
    if (!job.ok()) return job.error();
    TRY_VOID(clear_up_after(context, api, id, job->body()));
  }
  return {};
}

}  // namespace salvor::backup
