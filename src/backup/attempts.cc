#include "backup/attempts.h"

#include <nlohmann/json.hpp>

#include "archive/writer.h"
#include "schema/filter.h"

namespace salvor::backup {
namespace {

constexpr std::uint64_t kAttemptsAtOnce = 1000;

schema::Filter pending_of(const std::string& job_id) {
  return schema::all_of(
      {schema::equals("backup_job_id", job_id), schema::equals("state", "PENDING")});
}

}  // namespace

std::string archive_name(const std::string& recovery_point_id) {
  return "backup-" + recovery_point_id;
}

Result<void> remove_archives(Context& context, catalog::Catalog& catalog, objectstore::Store& store,
                             const std::string& job_id) {
  catalog::Query query;
  query.filter = pending_of(job_id);
  query.limit = kAttemptsAtOnce;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "backupinstances", query));
  for (const catalog::Document& point : page.documents) {
    TRY_VOID(archive::remove_backup(context, store, archive_name(point.id)));
  }
  return {};
}

catalog::Change remove_pending(const std::string& job_id) {
  return catalog::RemoveAll{"backupinstances", pending_of(job_id)};
}

}  // namespace salvor::backup
