#include "backup/volume_copies.h"

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/pool.h"
#include "volume/marked_objects.h"
#include "volume/snapshot_source.h"
#include "volume/work_claim.h"

namespace salvor::backup {
namespace {

using volume::TransferState;

class Copying {
 public:
  Copying(Context& context, kube::Api& api, const CopyTask& task, std::vector<CopiedClaim>& copied,
          const OnCopied& on_copied)
      : context_(context), api_(api), task_(task), copied_(copied), on_copied_(on_copied) {}

  Result<void> run() {
    TRY_VOID(volume::ensure_mover_namespace(context_, api_, task_.place));
    {
      Pool pool(std::max(1U, task_.options.volumes_at_once));
      for (std::size_t i = 0; i < task_.claims.size(); ++i) {
        if (copied_[i].transfer.state == TransferState::completed) continue;
        pool.submit([this, i] { copy(i); });
      }
    }
    if (failure_) return *failure_;
    return context_.check();
  }

 private:
  volume::Mark mark() const { return {volume::MarkedBy::copy, task_.job_id}; }
  std::string name_of(std::size_t i) const {
    return "salvor-" + task_.point_id + "-" + std::to_string(i);
  }

  // On a thread of the pool.
  void copy(std::size_t i) {
    if (context_.stopped() || has_failed()) return;
    CopiedClaim now;
    now.transfer.state = TransferState::active;
    note(i, now);
    const auto report = save(i, now);
    if (context_.stopped()) return;
    note(i, end_of(std::move(now), report));
    const Result<void> cleared = clear(i);
    if (cleared.ok() || context_.stopped()) return;
    context_.log.warning("what a mover worked with could not be removed",
                         {{"mover", name_of(i)}, {"error", cleared.error().describe()}});
  }

  static CopiedClaim end_of(CopiedClaim claim, const Result<volume::MoverReport>& report) {
    volume::Transfer& transfer = claim.transfer;
    transfer.state = report.ok() ? TransferState::completed : TransferState::failed;
    if (!report.ok()) {
      transfer.message = report.error().describe();
      return claim;
    }
    claim.snapshot_id = report->snapshot;
    transfer.moved = report->moved;
    claim.missing_files = report->problem_count;
    claim.first_missing = report->problems;
    if (claim.missing_files > 0) {
      transfer.message =
          volume::problems_of(claim.missing_files, claim.first_missing, "could not be read whole");
    }
    return claim;
  }

  Result<volume::MoverReport> save(std::size_t i, CopiedClaim& now) {
    const ClaimToCopy& claim = task_.claims[i];
    if (!claim.obstacle.empty()) return error(ErrorCode::invalid, claim.obstacle);
    const std::string name = name_of(i);
    Context context = context_;
    TRY_VOID(volume::offer_snapshot(context, api_, claim.snapshot,
                                    {task_.place.namespace_name, name}, mark(), {}));
    TRY(const Json made,
        volume::ensure(context, api_, volume::claim_type(),
                       volume::work_claim_from_snapshot(
                           {name, claim.storage_class, claim.size_bytes}, task_.place, mark()),
                       mark()));
    const volume::MoverTask mover{name, mark(), volume::Direction::save, name, order_for(claim)};
    return volume::run_mover(context, api_, task_.place, mover,
                             [&](const volume::MoverProgress& moved) -> Result<void> {
                               now.transfer.moved = moved;
                               note(i, now);
                               return context_.check();
                             });
  }

  Json order_for(const ClaimToCopy& claim) const {
    Json repository = task_.access.repository;
    repository["create"] = true;
    const std::string path = "/" + claim.namespace_name + "/" + claim.name;
    return {{"operation", "save"},
            {"folder", volume::kMoverFolder},
            {"repository", std::move(repository)},
            {"save",
             {{"host", task_.cluster_name},
              {"path", path},
              {"tags", {"recovery-point=" + task_.point_id}},
              {"parent", ""}}},
            {"limits", task_.options.limits()}};
  }

  Result<void> clear(std::size_t i) {
    const std::string name = name_of(i);
    const kube::ObjectKey key{task_.place.namespace_name, name};
    Context context = context_;
    TRY_VOID(volume::remove_mover(context, api_, task_.place, name));
    TRY_VOID(volume::drop(context, api_, volume::claim_type(), key));
    TRY_VOID(volume::drop(context, api_, volume::snapshot_type(), key));
    return volume::remove_content(context, api_, name, volume::Fate::kept);
  }

  bool has_failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  void note(std::size_t i, const CopiedClaim& now) {
    const std::lock_guard lock(mutex_);
    copied_[i] = now;
    if (failure_) return;
    const Result<void> noted = on_copied_(i, now);
    if (!noted.ok()) failure_ = noted.error();
  }

  Context& context_;
  kube::Api& api_;
  const CopyTask& task_;
  std::vector<CopiedClaim>& copied_;
  const OnCopied& on_copied_;
  std::mutex mutex_;
  std::optional<Error> failure_;
};

}  // namespace

Result<void> copy_volumes(Context& context, kube::Api& api, const CopyTask& task,
                          std::vector<CopiedClaim>& copied, const OnCopied& on_copied) {
  return Copying(context, api, task, copied, on_copied).run();
}

}  // namespace salvor::backup
