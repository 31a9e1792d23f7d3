#include "backup/retention.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backup/copy_rows.h"
#include "base/random.h"
#include "jobs/state.h"
#include "schema/filter.h"

namespace salvor::backup {
namespace {

constexpr EpochSeconds kDay = 86'400;
// Between two tries to remove the same recovery point.
constexpr EpochSeconds kNextTry = 3'600;
// Of one look; the next one takes more.
constexpr std::uint64_t kPointsAtOnce = 10'000;

schema::Filter jobs_of(const std::string& point, schema::Filter which) {
  return schema::all_of({schema::equals("backup_inst", point), std::move(which)});
}

Result<std::vector<catalog::Document>> expired_points(Context& context, catalog::Catalog& catalog) {
  catalog::Query query;
  query.filter =
      schema::all_of({schema::in("state", {"READY", "DELETING"}),
                      schema::less_equal("expiry_timestamp", context.clock.wall_seconds())});
  query.sort = {{"expiry_timestamp", false}};
  query.limit = kPointsAtOnce;
  query.count_total = false;
  TRY(catalog::Page page, catalog.find(context, "backupinstances", query));
  return std::move(page.documents);
}

// Whether it is one of the newest of its definition, of which so many always stay.
Result<bool> is_kept_always(Context& context, catalog::Catalog& catalog, const std::string& id,
                            const Json& point) {
  const Json& count = member(member(point, "retention"), "numAlwaysRetain");
  if (!count.is_number_unsigned() || count == 0) return false;
  catalog::Query query;
  query.filter = schema::all_of({schema::equals("backupdef", text_at(point, "backupdef")),
                                 schema::equals("type", text_at(point, "type")),
                                 schema::equals("state", "READY")});
  query.sort = {{"start_time", true}};
  query.limit = count.get<std::uint64_t>();
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "backupinstances", query));
  return std::any_of(page.documents.begin(), page.documents.end(),
                     [&](const catalog::Document& kept) { return kept.id == id; });
}

Result<bool> was_tried_lately(Context& context, catalog::Catalog& catalog, const std::string& id) {
  catalog::Query query;
  query.filter = jobs_of(
      id, schema::all_of({schema::equals("type", "DELETE_BACKUP"),
                          schema::greater("start_time", context.clock.wall_seconds() - kNextTry)}));
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "jobs", query));
  return !page.documents.empty();
}

// False if a job works with it now, or it was changed meanwhile.
Result<bool> order_removal(Context& context, catalog::Catalog& catalog,
                           const catalog::Document& document) {
  Json point = document.body();
  point["_id"] = document.id;
  const EpochSeconds now = context.clock.wall_seconds();
  const auto mark = [](const Json& stored) -> Result<Json> {
    Json marked = stored;
    marked["state"] = "DELETING";
    return marked;
  };
  std::vector<catalog::Change> changes = {
      catalog::RequireNone{"jobs", jobs_of(document.id, jobs::active_filter())},
      catalog::Edit{"backupinstances", document.id, {}, catalog::Touch::server, mark},
      catalog::Insert{"jobs", new_object_id(now), removal_job(point, now)}};
  const auto ordered = catalog.commit(context, {std::move(changes)});
  if (ordered.ok()) return true;
  const ErrorCode code = ordered.error().code;
  if (code == ErrorCode::conflict || code == ErrorCode::not_found) return false;
  return ordered.error();
}

}  // namespace

EpochSeconds expiry_of(const Json& job, EpochSeconds end_time) {
  const Json& days = member(member(job, "retention"), "retainDays");
  if (!days.is_number_integer() || days.get<EpochSeconds>() <= 0) return 0;
  return end_time + days.get<EpochSeconds>() * kDay;
}

Result<std::size_t> order_removals(Context& context, catalog::Catalog& catalog) {
  TRY(const auto points, expired_points(context, catalog));
  std::size_t ordered = 0;
  for (const catalog::Document& document : points) {
    TRY_VOID(context.check());
    TRY(const bool stays, is_kept_always(context, catalog, document.id, document.body()));
    TRY(const bool was_tried, was_tried_lately(context, catalog, document.id));
    if (stays || was_tried) continue;
    TRY(const bool is_ordered, order_removal(context, catalog, document));
    if (is_ordered) ++ordered;
  }
  return ordered;
}

}  // namespace salvor::backup
