#include "cli/lookup.h"

#include "base/random.h"

namespace salvor::cli {
namespace {

constexpr std::int64_t kSameNameShown = 5;

Error several(const Kind& kind, const std::string& name, const Listing& found) {
  std::string ids;
  for (const Json& item : found.items) ids += (ids.empty() ? "" : ", ") + text_at(item, "_id");
  if (found.total > kSameNameShown) ids += ", …";
  return error(ErrorCode::conflict,
               std::to_string(found.total) + " " + kind.path() + " are called '" + name + "'")
      .with_hint("use an id: " + ids);
}

}  // namespace

Result<Json> find_object(ApiClient& api, const Kind& kind, const std::string& name_or_id) {
  if (is_object_id(name_or_id)) {
    Result<Json> found = api.get(kind.path() + "/" + name_or_id);
    // A name may look like an id.
    if (found.ok() || found.error().code != ErrorCode::not_found) return found;
  }
  ListQuery query;
  query.where = Json{{"name", name_or_id}};
  query.limit = kSameNameShown;
  TRY(const Listing found, api.list(kind.path(), query));
  if (found.items.empty()) {
    return error(ErrorCode::not_found, "there is no " + kind.noun() + " '" + name_or_id + "'")
        .with_hint("salvor get " + kind.path() + " lists those there are");
  }
  if (found.total > 1) return several(kind, name_or_id, found);
  return found.items.front();
}

Result<std::string> find_id(ApiClient& api, const std::string& kind_word,
                            const std::string& name_or_id) {
  TRY(const Kind* kind, kinds().require(kind_word));
  TRY(const Json document, find_object(api, *kind, name_or_id));
  return text_at(document, "_id");
}

Result<Json> find_point(ApiClient& api, const std::string& text) {
  static const std::string kLatest = "latest:";
  TRY(const Kind* kind, kinds().require("backupinstances"));
  if (!text.starts_with(kLatest)) return find_object(api, *kind, text);
  const std::string backup = text.substr(kLatest.size());
  ListQuery query;
  query.where = Json{{"backupdef_name", backup}, {"state", "READY"}};
  query.sort = "-start_time";
  query.limit = 1;
  TRY(const Listing found, api.list(kind->path(), query));
  if (found.items.empty()) {
    return error(ErrorCode::not_found, "backup '" + backup + "' has no READY recovery point")
        .with_hint("salvor get points lists those there are");
  }
  return found.items.front();
}

}  // namespace salvor::cli
