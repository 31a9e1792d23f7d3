#include "backup/imported_copy.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::backup {
namespace {

constexpr std::string_view kTag = "recovery-point=";
constexpr std::string_view kPointFile = "recovery-point";
constexpr const char* kRows[] = {"kubenamespaces", "kubestorageclasses", "kubepvclaims"};

// Documents that the catalog may not have, and jobs that are over.
constexpr const char* kForeign[] = {"_id",          "backupdef",     "offload_def",
                                    "owner",        "backup_job_id", "source_backupinst",
                                    "verify_jobid", "verification",  "offload_snapshot_job_id"};

bool is_object_id(std::string_view text) {
  return text.size() == 24 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "kubepvclaims-0" of "salvor/kubepvclaims-0.json".
std::string name_of(const std::string& path) {
  const std::size_t begin = path.rfind('/') + 1;
  return path.substr(begin, path.rfind(".json") - begin);
}

class Reading {
 public:
  Result<void> take(const std::string& path, std::string_view content) {
    TRY(Json json, parse_json(content).within(path));
    const std::string name = name_of(path);
    if (name == kPointFile) {
      point_ = std::move(json);
      return {};
    }
    const std::string resource = name.substr(0, name.rfind('-'));
    const auto known = std::ranges::find(kRows, resource);
    if (known == std::end(kRows)) return {};  // of a later version
    if (!json.is_array()) return error(ErrorCode::corrupt, path + " is no list");
    for (Json& row : json) {
      if (!row.is_object()) return error(ErrorCode::corrupt, path + " has what is no row");
      rows_[resource].push_back(std::move(row));
    }
    return {};
  }

  Result<ImportedCopy> finish(const volume::LabelledFiles& files) {
    if (!point_.is_object() || text_at(point_, "name").empty() ||
        !member(member(point_, "archive"), "items").is_number_unsigned()) {
      return error(ErrorCode::corrupt, "what it says of the recovery point cannot be used");
    }
    ImportedCopy copy{point_of(files.label), std::move(point_), {}};
    copy.point["archive"]["snapshot"] = files.snapshot;
    for (auto& [resource, rows] : rows_) copy.rows.push_back({resource, std::move(rows)});
    for (CatalogRows& rows : copy.rows) {
      for (Json& row : rows.rows) row["backupinst_id"] = copy.point_id;
    }
    return copy;
  }

 private:
  Json point_;
  std::map<std::string, std::vector<Json>> rows_;
};

}  // namespace

std::string point_of(const volume::FilesLabel& label) {
  for (const std::string& tag : label.tags) {
    if (tag.starts_with(kTag) && is_object_id(tag.substr(kTag.size())))
      return tag.substr(kTag.size());
  }
  return "";
}

Result<ImportedCopy> read_imported(Context& context, const volume::CopyAccess& access,
                                   const volume::LabelledFiles& files) {
  Reading reading;
  const std::string folder = std::string(kCatalogFolder) + "/";
  const FileTaker taker{[&](const std::string& path) -> Result<bool> {
                          return path.starts_with(folder) && path.ends_with(".json");
                        },
                        [&](const std::string& path, std::string_view content) {
                          return reading.take(path, content);
                        }};
  TRY_VOID(access.read_files(context, files.snapshot, taker));
  return reading.finish(files);
}

Json imported_point(const ImportedCopy& copy, const ImportPlace& place, EpochSeconds now) {
  Json point = copy.point;
  for (const char* foreign : kForeign) point.erase(foreign);
  point["archive"] = archive::to_json(archive::seal_in(point));
  point["state"] = "READY";
  point["type"] = "COPY";
  point["cluster"] = place.cluster;
  point["objectstore"] = place.object_store;
  point["backup_location"] = place.location;
  const Json& expiry = member(point, "expiry_timestamp");
  if (expiry.is_number_integer() && expiry.get<EpochSeconds>() <= now) {
    point.erase("expiry_timestamp");
    point.erase("retention");
    point.erase("status");
  }
  return point;
}

}  // namespace salvor::backup
