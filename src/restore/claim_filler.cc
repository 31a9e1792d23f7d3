#include "restore/claim_filler.h"

#include <algorithm>

#include "kube/quantity.h"
#include "volume/handed_volume.h"
#include "volume/marked_objects.h"
#include "volume/snapshot_source.h"
#include "volume/work_claim.h"

namespace salvor::restore {
namespace {

constexpr std::chrono::milliseconds kSlotPause{100};

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
    TRY_VOID(take_slot(context));
    auto moved = move(context, step, claim);
    leave_slot();
    TRY(missing, std::move(moved));
    TRY(volume, volume::keep_volume(context, api_, from, to, mark()));
  }
  TRY_VOID(volume::remove_mover(context, api_, ports_.place, from.name));
  TRY_VOID(volume::hand_over(context, api_, *volume, from, to));
  claim["spec"]["volumeName"] = *volume;
  return missing;
}

Result<std::string> ClaimFiller::move(Context& context, const Step& step, const Json& claim) {
  TRY_VOID(volume::ensure_mover_namespace(context, api_, ports_.place));
  const std::string name = name_of(step);
  TRY(const Json made,
      volume::ensure(context, api_, volume::claim_type(),
                     volume::work_claim_like(claim, name, ports_.place, mark()), mark()));
  const volume::MoverTask task{name, mark(), volume::Direction::restore, name, order_for(step)};
  TRY(const volume::MoverReport report,
      volume::run_mover(context, api_, ports_.place, task,
                        [&](const volume::MoverProgress&) { return context.check(); }));
  if (report.problem_count == 0) return std::string();
  std::string missing = std::to_string(report.problem_count) + " files are not whole";
  for (const std::string& problem : report.problems) missing += "; " + problem;
  return missing;
}

Json ClaimFiller::order_for(const Step& step) const {
  return {{"operation", "restore"},
          {"folder", volume::kMoverFolder},
          {"repository", ports_.repository},
          {"restore", {{"snapshot", step.data->copy}}},
          {"limits",
           {{"upload_bytes_per_second", 0},
            {"download_bytes_per_second", ports_.download_bytes_per_second},
            {"threads", ports_.threads}}}};
}

Result<void> ClaimFiller::take_slot(Context& context) {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (movers_ < std::max(1U, ports_.movers_at_once)) {
        ++movers_;
        return {};
      }
    }
    TRY_VOID(context.wait(kSlotPause));
  }
}

void ClaimFiller::leave_slot() {
  const std::lock_guard lock(mutex_);
  --movers_;
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
