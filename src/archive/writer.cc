#include "archive/writer.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "archive/gzip.h"
#include "archive/internal/description.h"
#include "archive/internal/object_file.h"
#include "archive/internal/tar.h"
#include "archive/layout.h"
#include "objectstore/locks.h"

namespace salvor::archive {
namespace {

using internal::GzipFile;

// Removing what a failed backup wrote may not wait for a store that hangs.
constexpr std::chrono::seconds kCleanUp{30};

// What readers accept by default (ReadLimits); the API server's own limit is a tenth of it.
constexpr std::size_t kItemMax = std::size_t{16} << 20;

constexpr std::string_view kResourceList = "resource-list.json.gz";
constexpr std::string_view kLogs = "logs.gz";
constexpr std::string_view kVolumeInfo = "volumeinfo.json.gz";

// Companions of volumes and plugins, which a backup without any of these still has.
struct EmptyCompanion {
  std::string_view name;
  std::string_view json;
};
constexpr EmptyCompanion kEmptyCompanions[] = {
    {"results.gz", R"({"errors":{},"warnings":{}})"},
    {"podvolumebackups.json.gz", "[]"},
    {"volumesnapshots.json.gz", "[]"},
    {"itemoperations.json.gz", "[]"},
    {"csi-volumesnapshotclasses.json.gz", "[]"},
};

// The type's name in the resource list: "v1/Pod", "apps/v1/Deployment".
std::string list_key(const ItemName& item, const std::string& kind) {
  const std::size_t dot = item.group_resource.find('.');
  const std::string group =
      dot == std::string::npos ? "" : item.group_resource.substr(dot + 1) + "/";
  return group + item.version + "/" + kind;
}

class VeleroWriter final : public Writer {
 public:
  VeleroWriter(Context context, objectstore::Store& store, std::string name, GzipFile tarball,
               GzipFile list)
      : cleanup_(std::move(context)),
        store_(store),
        name_(std::move(name)),
        tarball_(std::move(tarball)),
        list_(std::move(list)) {
    cleanup_.stop = {};
    cleanup_.deadline = std::nullopt;
  }
  ~VeleroWriter() override;

  Result<void> add(Context& context, const ItemName& item, const std::string& kind,
                   std::string_view json) override;
  Result<void> add_version(Context& context, const ItemName& item, std::string_view json) override;
  void log(const std::string& line) override;
  Result<ArchiveSeal> finish(Context& context, const BackupDescription& description) override;

 private:
  void add_to_list(const ItemName& item, const std::string& kind);
  Result<void> write_object(Context& context, const std::string& name, const std::string& bytes);
  Result<void> finish_file(Context& context, GzipFile& file, const std::string& name);
  // Notes what stands in the store under our name, to be removed should we fail. An answer that
  // did not come may hide a success; a conflict says that the object is somebody else's.
  Result<void> noted(Result<void> finished, const std::string& name);

  Context cleanup_;
  objectstore::Store& store_;
  std::string name_;
  GzipFile tarball_;
  GzipFile list_;
  Deflater log_;
  std::string log_bytes_;
  std::string listed_type_;  // the type whose list is open
  std::uint64_t items_ = 0;
  std::vector<std::string> mine_;  // objects to remove when we fail
};

VeleroWriter::~VeleroWriter() {
  if (mine_.empty()) return;
  // Last written, first removed: the description must not outlive what it describes.
  std::reverse(mine_.begin(), mine_.end());
  Context context = cleanup_.within(kCleanUp);
  for (const std::string& object : mine_) {
    const Result<void> removed = store_.remove(context, object);
    if (removed.ok()) continue;
    context.log.warning("an object of an unfinished backup could not be removed",
                        {{"object", object}, {"error", removed.error().describe()}});
    return;
  }
}

Result<void> check_item(const ItemName& item, std::string_view json) {
  const std::string subject = item.group_resource + " \"" + item.name + "\"";
  if (!is_safe(item)) {
    return error(ErrorCode::invalid, subject + " has a name that cannot stand in a backup");
  }
  if (json.size() <= kItemMax) return {};
  return error(ErrorCode::invalid, subject + " has " + std::to_string(json.size()) +
                                       " bytes, more than the " + std::to_string(kItemMax) +
                                       " that a backup takes");
}

Result<void> VeleroWriter::add(Context& context, const ItemName& item, const std::string& kind,
                               std::string_view json) {
  TRY_VOID(check_item(item, json));
  const EpochSeconds now = context.clock.wall_seconds();
  internal::append_tar_file(tarball_.pending(), item_path(item), json, now);
  internal::append_tar_file(tarball_.pending(), preferred_item_path(item), json, now);
  add_to_list(item, kind);
  ++items_;
  TRY_VOID(tarball_.flush(context));
  return list_.flush(context);
}

Result<void> VeleroWriter::add_version(Context& context, const ItemName& item,
                                       std::string_view json) {
  TRY_VOID(check_item(item, json));
  internal::append_tar_file(tarball_.pending(), version_item_path(item), json,
                            context.clock.wall_seconds());
  return tarball_.flush(context);
}

// {"v1/Pod":["a/b","a/c"],"apps/v1/Deployment":["a/b"]}
void VeleroWriter::add_to_list(const ItemName& item, const std::string& kind) {
  std::string& out = list_.pending();
  std::string type = list_key(item, kind);
  if (type == listed_type_) {
    out += ',';
  } else {
    out += listed_type_.empty() ? "{" : "],";
    out += '"' + type + "\":[";
    listed_type_ = std::move(type);
  }
  const std::string scope = item.namespace_name.empty() ? "" : item.namespace_name + "/";
  out += compact(Json(scope + item.name));  // a role's name may hold quotes
}

void VeleroWriter::log(const std::string& line) { log_.append(line + "\n", log_bytes_); }

Result<void> VeleroWriter::noted(Result<void> finished, const std::string& name) {
  if (finished.ok() || finished.error().code != ErrorCode::conflict) mine_.push_back(name);
  return finished;
}

Result<void> VeleroWriter::write_object(Context& context, const std::string& name,
                                        const std::string& bytes) {
  TRY(const std::unique_ptr<objectstore::Upload> upload, store_.put(context, name));
  TRY_VOID(upload->write(context, bytes));
  return noted(upload->finish(context), name);
}

Result<void> VeleroWriter::finish_file(Context& context, GzipFile& file, const std::string& name) {
  return noted(file.finish(context), name);
}

Result<ArchiveSeal> VeleroWriter::finish(Context& context, const BackupDescription& description) {
  CHECK(description.name == name_ && description.items == items_);
  log_.finish(log_bytes_);
  TRY_VOID(write_object(context, companion_object(name_, std::string(kLogs)), log_bytes_));

  internal::append_tar_file(tarball_.pending(), kVersionFile, std::string(kFormatVersion) + "\n",
                            context.clock.wall_seconds());
  internal::append_tar_end(tarball_.pending());
  TRY_VOID(finish_file(context, tarball_, tarball_object(name_)));

  list_.pending() += listed_type_.empty() ? "{}" : "]}";
  TRY_VOID(finish_file(context, list_, companion_object(name_, std::string(kResourceList))));
  TRY_VOID(write_object(context, companion_object(name_, std::string(kVolumeInfo)),
                        gzipped(description.volume_info)));
  for (const EmptyCompanion& companion : kEmptyCompanions) {
    TRY_VOID(write_object(context, companion_object(name_, std::string(companion.name)),
                          gzipped(companion.json)));
  }
  TRY_VOID(
      write_object(context, description_object(name_), internal::velero_backup_json(description)));
  mine_.clear();
  return ArchiveSeal{name_, tarball_.sha256(), tarball_.size_bytes(), items_};
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::create(Context& context, objectstore::Store& store,
                                               const std::string& name) {
  TRY(GzipFile tarball, GzipFile::create(context, store, tarball_object(name)));
  TRY(GzipFile list,
      GzipFile::create(context, store, companion_object(name, std::string(kResourceList))));
  return std::unique_ptr<Writer>(
      std::make_unique<VeleroWriter>(context, store, name, std::move(tarball), std::move(list)));
}

Result<void> remove_backup(Context& context, objectstore::Store& store, const std::string& name) {
  TRY(const std::vector<objectstore::ObjectInfo> objects, store.list(context, backup_folder(name)));
  for (const objectstore::ObjectInfo& object : objects)
    TRY_VOID(objectstore::expect_unlocked(context, store, object.name));
  const std::string description = description_object(name);
  for (const bool is_end : {true, false}) {
    for (const objectstore::ObjectInfo& object : objects) {
      if ((object.name == description) == is_end) TRY_VOID(store.remove(context, object.name));
    }
  }
  return {};
}

}  // namespace salvor::archive
