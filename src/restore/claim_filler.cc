#include "restore/claim_filler.h"

#include "kube/quantity.h"
#include "volume/snapshot_source.h"

namespace salvor::restore {
namespace {

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

Result<void> ClaimFiller::offer(Context& context, const Step& step, Json& claim) {
  const kube::ObjectKey as{step.target_namespace,
                           "salvor-" + job_id_ + "-" + std::to_string(step.number)};
  TRY_VOID(volume::offer_snapshot(context, api_, step.data->snapshot, as,
                                  {volume::MarkedBy::job, job_id_},
                                  {.ready_within = patience_.snapshot_ready}));
  claim["spec"]["dataSource"] = volume::snapshot_source(as.name);
  ask_for(claim, step.data->size_bytes);
  return {};
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
  if (waits) return {};
  return volume::wait_until_bound(context, api_, {step.target_namespace, step.target_name},
                                  patience_.claim_bound);
}

Result<void> ClaimFiller::withdraw(Context& context) {
  const auto staying = volume::withdraw_used(context, api_, {volume::MarkedBy::job, job_id_});
  return staying.ok() ? Result<void>() : staying.error();
}

}  // namespace salvor::restore
