#include "backup/copied_objects.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/reader.h"

namespace salvor::backup {
namespace {

// Of one file, which readers take whole.
constexpr std::size_t kRowsAtOnce = 1'000;

std::string file_name(const std::string& what) {
  return std::string(kCatalogFolder) + "/" + what + ".json";
}

Result<void> give_rows(const CatalogRows& rows, const FileSink& sink) {
  for (std::size_t first = 0; first < rows.rows.size(); first += kRowsAtOnce) {
    Json part = Json::array();
    const std::size_t last = std::min(first + kRowsAtOnce, rows.rows.size());
    for (std::size_t i = first; i < last; ++i) part.push_back(rows.rows[i]);
    TRY_VOID(
        sink(file_name(rows.resource + "-" + std::to_string(first / kRowsAtOnce)), compact(part)));
  }
  return {};
}

}  // namespace

Result<archive::ArchiveSeal> copy_objects(Context& context, objectstore::Store& from,
                                          const archive::ArchiveSeal& seal,
                                          const volume::CopyAccess& to, const ObjectsToCopy& what) {
  const volume::FilesLabel label{
      kObjectsPath, what.cluster_name, {"recovery-point=" + what.point_id, "objects"}};
  TRY(const volume::CopiedFiles copied,
      to.save_files(context, label, [&](const FileSink& sink) -> Result<void> {
        TRY_VOID(archive::read_files(context, from, seal, sink));
        for (const CatalogRows& rows : what.rows) TRY_VOID(give_rows(rows, sink));
        return sink(file_name("recovery-point"), compact(what.point));
      }));
  return archive::ArchiveSeal{"", "", copied.stored_bytes, seal.items, copied.snapshot};
}

}  // namespace salvor::backup
