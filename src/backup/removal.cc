#include "backup/removal.h"

#include "archive/writer.h"

namespace salvor::backup {
namespace {

constexpr const char* kInventories[] = {"kubenamespaces", "kubepvclaims", "kubestorageclasses"};

Result<jobs::JobEnd> remove_point(const Ports& ports, jobs::JobRun& run) {
  const std::string id = text_at(run.document(), "backup_inst");
  const auto point = ports.catalog.get(run.context(), "backupinstances", id);
  if (!point.ok()) {
    if (point.error().code != ErrorCode::not_found) return point.error();
    return jobs::JobEnd{
        jobs::Outcome::completed, "the recovery point was gone already", Json::object(), {}};
  }
  const Json body = point->body();
  const std::string archive_name = text_at(member(body, "archive"), "name");
  if (!archive_name.empty()) {
    TRY_VOID(archive::remove_backup(run.context(), ports.store, archive_name)
                 .within("removing archive " + archive_name));
  }
  jobs::JobEnd end{jobs::Outcome::completed,
                   "removed recovery point " + text_at(body, "name"),
                   Json::object(),
                   {}};
  for (const char* inventory : kInventories) {
    end.changes.emplace_back(catalog::RemoveAll{inventory, schema::equals("backupinst_id", id)});
  }
  end.changes.emplace_back(catalog::Remove{"backupinstances", id, std::nullopt});
  return end;
}

}  // namespace

jobs::JobKind removal_kind(Ports ports) {
  return {"DELETE_BACKUP", [ports = std::move(ports)](jobs::JobRun& run) {
            auto end = remove_point(ports, run);
            if (end.ok()) return *std::move(end);
            const bool is_stop = end.error().code == ErrorCode::cancelled;
            return jobs::JobEnd{is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed,
                                end.error().describe(),
                                Json::object(),
                                {}};
          }};
}

}  // namespace salvor::backup
