#include "restore/claim_filler.h"

#include "kube/quantity.h"
#include "volume/handed_volume.h"
#include "volume/marked_objects.h"
#include "volume/snapshot_source.h"
#include "volume/transfer.h"
#include "volume/work_claim.h"

namespace salvor::restore {
namespace {

using volume::TransferState;

const kube::ResourceType& class_type() {
  static const kube::ResourceType type{"storage.k8s.io", "v1", "storageclasses", "StorageClass",
                                       false};
  return type;
}

// A volume may not be smaller than what it is made from.
void ask_for(Json& claim, std::uint64_t size_bytes) {
  Json& asked = claim["spec"]["resources"]["requests"]["storage"];
  const auto asked_bytes =
      asked.is_string() ? kube::parse_quantity(asked.get<std::string>()) : std::nullopt;
  if (!asked_bytes || *asked_bytes < size_bytes) asked = std::to_string(size_bytes);
}

}  // namespace

Result<std::string> ClaimFiller::provide(Context& context, const Step& step, Json& claim) {
  if (step.data->has_copy()) return fill(context, step, claim);
  TRY_VOID(offer(context, step, claim));
  return std::string();
}

Result<void> ClaimFiller::offer(Context& context, const Step& step, Json& claim) {
  const kube::ObjectKey as{step.target_namespace, name_of(step)};
  TRY_VOID(volume::offer_snapshot(context, api_, step.data->snapshot, as, mark(),
                                  {.ready_within = patience_.snapshot_ready}));
  claim["spec"]["dataSource"] = volume::snapshot_source(as.name);
  ask_for(claim, step.data->size_bytes);
  return {};
}

Result<std::string> ClaimFiller::fill(Context& context, const Step& step, Json& claim) {
  if (text_at(member(claim, "spec"), "volumeMode") == "Block")
    return error(ErrorCode::invalid, "volumes of mode Block cannot be filled from a copy yet");
  ask_for(claim, step.data->size_bytes);
  const kube::ObjectKey to{step.target_namespace, step.target_name};
  const kube::ObjectKey from{ports_.place.namespace_name, name_of(step)};
  TRY(auto volume, volume::handed_volume(context, api_, to, mark()));
  std::string missing;
  if (!volume) {
    volume::Transfer transfer;
    auto moved = move(context, step, claim, transfer);
    TRY_VOID(context.check());
    transfer.state = moved.ok() ? TransferState::completed : TransferState::failed;
    transfer.message = moved.ok() ? *moved : moved.error().describe();
    if (!moved.ok()) clear(context, from.name);
    TRY_VOID(tell(step, transfer));
    TRY(missing, std::move(moved));
    TRY(volume, volume::keep_volume(context, api_, from, to, mark()));
  }
  TRY_VOID(volume::remove_mover(context, api_, ports_.place, from.name));
  TRY_VOID(volume::hand_over(context, api_, *volume, from, to));
  claim["spec"]["volumeName"] = *volume;
  return missing;
}

// The data is in a claim of our own afterwards. Returns what is missing of it.
Result<std::string> ClaimFiller::move(Context& context, const Step& step, const Json& claim,
                                      volume::Transfer& transfer) {
  transfer.state = TransferState::active;
  TRY_VOID(tell(step, transfer));
  TRY_VOID(volume::ensure_mover_namespace(context, api_, ports_.place));
  const std::string name = name_of(step);
  TRY(const Json made,
      volume::ensure(context, api_, volume::claim_type(),
                     volume::work_claim_like(claim, name, ports_.place, mark()), mark()));
  return run_mover(context, step, transfer);
}

Result<std::string> ClaimFiller::run_mover(Context& context, const Step& step,
                                           volume::Transfer& transfer) {
  const std::string name = name_of(step);
  const volume::MoverTask task{name, mark(), volume::Direction::restore, name, order_for(step)};
  TRY(const volume::MoverReport report,
      volume::run_mover(context, api_, ports_.place, task,
                        [&](const volume::MoverProgress& moved) -> Result<void> {
                          transfer.moved = moved;
                          TRY_VOID(tell(step, transfer));
                          return context.check();
                        }));
  transfer.moved = report.moved;
  if (report.problem_count == 0) return std::string();
  return volume::problems_of(report.problem_count, report.problems, "could not be written whole");
}

// What a mover that failed worked with. What stays now goes at the end of the restore.
void ClaimFiller::clear(Context& context, const std::string& name) {
  Result<void> cleared = volume::remove_mover(context, api_, ports_.place, name);
  const kube::ObjectKey key{ports_.place.namespace_name, name};
  if (cleared.ok()) cleared = volume::drop(context, api_, volume::claim_type(), key);
  if (cleared.ok() || context.stopped()) return;
  context.log.warning("what a mover worked with could not be removed",
                      {{"mover", name}, {"error", cleared.error().describe()}});
}

Result<void> ClaimFiller::tell(const Step& step, const volume::Transfer& transfer) const {
  return ports_.on_transfer ? ports_.on_transfer(step, transfer) : Result<void>();
}

Json ClaimFiller::order_for(const Step& step) const {
  return {{"operation", "restore"},
          {"folder", volume::kMoverFolder},
          {"repository", ports_.repository},
          {"restore", {{"snapshot", step.data->copy}}},
          {"limits", ports_.options.limits()}};
}

Result<bool> ClaimFiller::waits_for_a_pod(Context& context, const Step& step) {
  const kube::ObjectKey key{step.target_namespace, step.target_name};
  TRY(const Json claim, patiently(context, patience_, [&](Context& call) {
        return api_.get(call, volume::claim_type(), key);
      }));
  const std::string name = text_at(member(claim, "spec"), "storageClassName");
  if (name.empty()) return false;
  const auto found = patiently(context, patience_, [&](Context& call) {
    return api_.get(call, class_type(), {"", name});
  });
  // Who may not look waits.
  return found.ok() && text_at(*found, "volumeBindingMode") == "WaitForFirstConsumer";
}

Result<void> ClaimFiller::wait_until_filled(Context& context, const Step& step) {
  TRY(const bool waits, waits_for_a_pod(context, step));
  if (waits && !step.data->has_copy()) return {};
  const kube::ObjectKey claim{step.target_namespace, step.target_name};
  TRY_VOID(volume::wait_until_bound(context, api_, claim, patience_.claim_bound));
  return step.data->has_copy() ? volume::settle_handed(context, api_, claim) : Result<void>();
}

Result<void> ClaimFiller::withdraw(Context& context) {
  if (!ports_.place.image.empty()) {
    TRY_VOID(volume::let_go_of_handed(context, api_, mark()));
    TRY_VOID(volume::remove_movers(context, api_, ports_.place, mark()));
  }
  const auto staying = volume::withdraw_used(context, api_, mark());
  return staying.ok() ? Result<void>() : staying.error();
}

}  // namespace salvor::restore
