#include "proof/problem.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace salvor::proof {
namespace {

bool any_hinders(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return row_of(problem.reason).hinders; });
}

}  // namespace

const std::vector<ReasonRow>& reasons() {
  static const std::vector<ReasonRow> rows = {
      {Reason::archive_missing, "ARCHIVE_MISSING", true,
       "the objects' archive, or what makes it a backup, is gone"},
      {Reason::archive_damaged, "ARCHIVE_DAMAGED", true,
       "the objects' archive is not what was written"},
      {Reason::archive_unsealed, "ARCHIVE_UNSEALED", false,
       "no checksum is known of the archive, so a change in it cannot be told"},
      {Reason::description_damaged, "DESCRIPTION_DAMAGED", false,
       "velero-backup.json cannot be read; other programs need it"},
      {Reason::object_damaged, "OBJECT_DAMAGED", true,
       "an object in the archive is cut off, or is another one than its file's name says"},
      {Reason::object_not_archived, "OBJECT_NOT_ARCHIVED", true,
       "the recovery point lists a namespace or a claim that its archive has not"},
      {Reason::definition_not_archived, "DEFINITION_NOT_ARCHIVED", true,
       "the archive has custom resources without their CustomResourceDefinition"},
      {Reason::claim_unknown, "CLAIM_UNKNOWN", true,
       "the archive has a claim that the recovery point does not list, so nobody knows its data"},
      {Reason::claim_differs, "CLAIM_DIFFERS", true,
       "the recovery point lists a claim with another storage class or volume than it has"},
      {Reason::volume_damaged, "VOLUME_DAMAGED", true,
       "data of a volume's copy is missing or changed"},
      {Reason::snapshot_unusable, "SNAPSHOT_UNUSABLE", true,
       "the storage has no such snapshot, or does not make it ready"},
      {Reason::content_missing, "CONTENT_MISSING", false,
       "the VolumeSnapshotContent that stands for a snapshot is gone"},
      {Reason::content_unsafe, "CONTENT_UNSAFE", false,
       "a VolumeSnapshotContent is being deleted, or would delete its snapshot when it goes"},
      {Reason::restore_refused, "RESTORE_REFUSED", true,
       "no restore of it into this cluster can be planned"},
      {Reason::not_restored, "NOT_RESTORED", true,
       "an object could not be made, or not whole; the message has the restore's own reason"},
      {Reason::volume_not_filled, "VOLUME_NOT_FILLED", true,
       "a volume could not be made, or its data not be brought back"},
      {Reason::volume_empty, "VOLUME_EMPTY", false,
       "the recovery point has no data of a volume, so it came back empty"},
      {Reason::not_drilled, "NOT_DRILLED", false,
       "an object needs something cluster-scoped that the target lacks, and a drill makes nothing "
       "of that kind"},
      {Reason::object_gone, "OBJECT_GONE", true,
       "an object was restored and is not there any more"},
      {Reason::object_differs, "OBJECT_DIFFERS", false,
       "something in the cluster has changed a restored object; the message has the fields"},
      {Reason::claim_not_bound, "CLAIM_NOT_BOUND", true,
       "a claim got no volume in time, or is not there"},
      {Reason::claim_not_used, "CLAIM_NOT_USED", false,
       "a claim waits for its first pod, and none uses it, so its data was not tried"},
      {Reason::workload_not_ready, "WORKLOAD_NOT_READY", false,
       "a workload was not ready in time; a sandbox without a network may be why"},
  };
  return rows;
}

const ReasonRow& row_of(Reason reason) {
  const auto& rows = reasons();
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const ReasonRow& row) { return row.reason == reason; });
  CHECK(found != rows.end());
  return *found;
}

Json Problem::to_json() const {
  const ReasonRow& row = row_of(reason);
  return {{"reason", row.name}, {"object", object}, {"message", message}, {"hinders", row.hinders}};
}

const char* state_of(const std::vector<Problem>& problems) {
  if (problems.empty()) return "VERIFIED";
  return any_hinders(problems) ? "DAMAGED" : "WEAKENED";
}

const char* drill_state_of(const std::vector<Problem>& problems) {
  if (problems.empty()) return "PASSED";
  return any_hinders(problems) ? "NOT_WHOLE" : "DOUBTFUL";
}

}  // namespace salvor::proof
