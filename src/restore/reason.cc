#include "restore/reason.h"

#include <array>

#include "base/check.h"

namespace salvor::restore {
namespace {

using enum ReasonClass;

constexpr auto kReasons = std::to_array<ReasonRow>({
    {Reason::planned, "PLANNED", open, "not done yet", ""},
    {Reason::created, "CREATED", done, "made in the target cluster", ""},
    {Reason::merged, "MERGED", done, "the object that was there got what the backup's had more",
     ""},
    {Reason::replaced, "REPLACED", done, "the object that was there was made like the backup's",
     ""},
    {Reason::recreated, "RECREATED", done, "the object that was there was deleted and made anew",
     ""},
    {Reason::fields_dropped, "FIELDS_DROPPED", partial,
     "made in the target cluster, which dropped fields that it does not know",
     "install the version of the kind's definition, or of Kubernetes, that has these fields"},
    {Reason::exists, "EXISTS", kept, "an object of that name was there and was left alone",
     "choose an existing_policy, or restore under another namespace name, to get the backup's"},
    {Reason::unchanged, "UNCHANGED", kept, "an object of that name was there and has it all", ""},
    {Reason::terminating, "TERMINATING", skipped, "was being deleted when the backup was taken",
     ""},
    {Reason::controlled, "CONTROLLED", skipped, "its controller makes it anew", ""},
    {Reason::finished, "FINISHED", skipped, "had run to its end; restoring would run it again", ""},
    {Reason::mirror_pod, "MIRROR_POD", skipped, "a node's own static pod", ""},
    {Reason::token_secret, "TOKEN_SECRET", skipped, "a token that its cluster issued by itself",
     ""},
    {Reason::controller_made, "CONTROLLER_MADE", skipped, "made by a controller of the cluster",
     ""},
    {Reason::cluster_published, "CLUSTER_PUBLISHED", skipped,
     "published by the cluster into each namespace; the old one would break trust", ""},
    {Reason::bootstrap, "BOOTSTRAP", skipped, "every API server makes it at its start", ""},
    {Reason::cluster_state, "CLUSTER_STATE", skipped, "the source cluster's own running state", ""},
    {Reason::system_service, "SYSTEM_SERVICE", skipped,
     "a Service of kube-system, whose well-known address the target already has", ""},
    {Reason::leader_lock, "LEADER_LOCK", skipped,
     "a lock whose dead holder would block its operator", ""},
    {Reason::dynamic_volume, "DYNAMIC_VOLUME", skipped,
     "the storage class makes a new volume for the claim", ""},
    {Reason::ephemeral_volume, "EPHEMERAL_VOLUME", skipped, "comes back with its pod", ""},
    {Reason::volumes_excluded, "VOLUMES_EXCLUDED", skipped,
     "the restore was asked for without volumes", "set selection.restorePersistentVolumes to true"},
    {Reason::storage_class_mapped, "STORAGE_CLASS_MAPPED", skipped,
     "the restore's storage_class_map replaces it", ""},
    {Reason::unsupported_version, "UNSUPPORTED_VERSION", failed,
     "the target cluster does not serve this kind in any version that the backup has",
     "install the kind's definition, or restore into a cluster that serves one of the versions"},
    {Reason::definition_not_served, "DEFINITION_NOT_SERVED", failed,
     "the custom resource definition was made but the API server did not serve it in time",
     "look at the definition's conditions, then run the restore again"},
    {Reason::namespace_unavailable, "NAMESPACE_UNAVAILABLE", failed,
     "its namespace could not be made or is being deleted",
     "wait until the namespace is gone, or map it to another name"},
    {Reason::dependency_failed, "DEPENDENCY_FAILED", failed, "an item that it needs failed",
     "see the message for that item"},
    {Reason::volume_in_use, "VOLUME_IN_USE", failed,
     "another persistent volume of the target already holds the same storage",
     "two volumes on one storage lose data; delete the other volume object first"},
    {Reason::already_exists, "ALREADY_EXISTS", failed, "an object of that name is there already",
     "choose another existing_policy, or restore under another namespace name"},
    {Reason::immutable, "IMMUTABLE", failed,
     "the object that is there differs in a field that cannot be changed",
     "choose the policy recreate for its type, or delete the object first"},
    {Reason::is_protected, "PROTECTED", failed,
     "to make it anew would take data, or all that belongs to it, along",
     "restore under another name, or delete the object yourself"},
    {Reason::not_gone, "NOT_GONE", failed,
     "the object that was to be made anew is still being deleted",
     "see its finalizers, then run the restore again"},
    {Reason::modifier_failed, "MODIFIER_FAILED", failed, "a modifier does not fit the object",
     "correct the rule that the message names, or its conditions"},
    {Reason::invalid, "INVALID", failed, "the API server refused the object as invalid",
     "see the message for the field"},
    {Reason::too_large, "TOO_LARGE", failed, "the object is larger than the API server takes", ""},
    {Reason::forbidden, "FORBIDDEN", failed, "the cluster's credentials may not do this",
     "grant the right named in the message to the account of the kubeconfig"},
    {Reason::quota_exceeded, "QUOTA_EXCEEDED", failed, "a resource quota of the target is used up",
     "raise the quota, then run the restore again"},
    {Reason::admission_refused, "ADMISSION_REFUSED", failed,
     "an admission webhook or policy of the target refused or did not answer",
     "see the message for its name; repair it, then run the restore again"},
    {Reason::conflict, "CONFLICT", failed, "somebody changed the object at the same time",
     "run the restore again"},
    {Reason::unreachable, "UNREACHABLE", failed, "the API server did not answer",
     "check the cluster, then run the restore again"},
    {Reason::unknown_outcome, "UNKNOWN_OUTCOME", failed,
     "the connection broke while writing and the object could not be read afterwards",
     "run the restore again: what is there is left alone"},
    {Reason::damaged_item, "DAMAGED_ITEM", failed, "the object in the backup cannot be read",
     "restore from another recovery point"},
    {Reason::cancelled, "CANCELLED", failed, "the job ended before this item",
     "run the restore again: what is there is left alone"},
    {Reason::journal_failed, "JOURNAL_FAILED", failed,
     "what was there could not be kept for an undo, so it was not changed",
     "see that the server's data folder has room, then run the restore again"},
    {Reason::status_left, "STATUS_LEFT", partial,
     "made in the target cluster, which did not take its status",
     "see the message; the kind may have no status of its own to write"},
    {Reason::pruned, "PRUNED", done, "deleted, since the backup has none of that name", ""},
    {Reason::removed, "REMOVED", done, "made by the restore, and removed again", ""},
    {Reason::put_back, "PUT_BACK", done, "made as it was before the restore", ""},
    {Reason::gone, "GONE", skipped, "made by the restore, and not there any more", ""},
    {Reason::changed_since, "CHANGED_SINCE", kept,
     "somebody changed it since the restore, so it was left alone",
     "compare it with the backup, and change or delete it yourself"},
    {Reason::still_used, "STILL_USED", kept,
     "holds objects that the restore did not make, so it was left",
     "delete it yourself once nobody needs what is in it"},
    {Reason::backend_missing, "BACKEND_MISSING", failed,
     "the Service behind it has no ready endpoint, and without one it would break the API server",
     "see that the Service's pods are ready, then run the restore again"},
    {Reason::volume_empty, "VOLUME_EMPTY", partial,
     "made, but empty: the recovery point has no data of its volume",
     "see the backup's activity for why; restore from a recovery point that has it"},
    {Reason::volume_not_filled, "VOLUME_NOT_FILLED", failed,
     "its volume could not be made, or not filled",
     "see the message; a claim that is there and not bound can be deleted and restored again"},
    {Reason::snapshot_unusable, "SNAPSHOT_UNUSABLE", failed,
     "the target cluster cannot make volumes from its snapshot, so it was not made",
     "use a recovery point of type COPY, which needs nothing of the source's storage; or map its "
     "storage class to one of the snapshot's driver, where the target has that"},
    {Reason::volume_not_whole, "VOLUME_NOT_WHOLE", partial,
     "made, but some files of its volume are missing or damaged",
     "see the message for the files; restore them from another recovery point"},
    {Reason::class_missing, "STORAGE_CLASS_MISSING", failed,
     "the target cluster has no storage class that makes its volume, so it was not made",
     "map the class to one of the target's with storage_class_map, or make it there"},
});

}  // namespace

std::span<const ReasonRow> reasons() { return kReasons; }

const ReasonRow& row_of(Reason reason) {
  const ReasonRow& row = kReasons[static_cast<std::size_t>(reason)];
  CHECK(row.reason == reason);
  return row;
}

Reason reason_of(std::string_view code) {
  for (const ReasonRow& row : kReasons) {
    if (row.code == code) return row.reason;
  }
  return Reason::planned;
}

std::string_view state_name(ReasonClass kind) {
  switch (kind) {
    case ReasonClass::open:
      return "PENDING";
    case ReasonClass::done:
      return "DONE";
    case ReasonClass::partial:
      return "PARTIAL";
    case ReasonClass::kept:
      return "KEPT";
    case ReasonClass::skipped:
      return "SKIPPED";
    case ReasonClass::failed:
      return "FAILED";
  }
  return "";
}

}  // namespace salvor::restore
