#include "volume/testing/fake_copies.h"

#include <nlohmann/json.hpp>

#include "objectstore/memory.h"

namespace salvor::volume::testing {

CopyAccess FakeCopies::open() {
  CopyAccess access;
  access.store = objectstore::make_memory_store();
  access.repository = {{"location", "s3:http://s3/bucket"}, {"password", "hidden-words"}};
  access.forget = [this](Context&, const std::vector<std::string>& gone) -> Result<void> {
    TRY_VOID(obstacle());
    forgotten.insert(forgotten.end(), gone.begin(), gone.end());
    for (const std::string& id : gone) snapshots.erase(id);
    return {};
  };
  access.save_files = [this](Context&, const FilesLabel& label, const FileSource& source) {
    return save(label, source);
  };
  access.read_files = [this](Context&, const std::string& snapshot, const FileTaker& taker) {
    return read(snapshot, taker);
  };
  access.list_files = [this](Context&, const std::string& path) { return list(path); };
  return access;
}

Result<CopiedFiles> FakeCopies::save(const FilesLabel& label, const FileSource& source) {
  TRY_VOID(obstacle());
  ++sources_asked;
  Snapshot made{label, {}};
  std::uint64_t bytes = 0;
  TRY_VOID(source([&](const std::string& path, std::string_view content) -> Result<void> {
    if (!made.files.emplace(path, content).second)
      return error(ErrorCode::invalid, path + " came twice");
    bytes += content.size();
    return {};
  }));
  std::erase_if(snapshots, [&](const auto& earlier) { return earlier.second.label == label; });
  std::string id = std::to_string(sources_asked);
  id = std::string(64 - id.size(), 'e') + id;
  snapshots[id] = std::move(made);
  return CopiedFiles{id, bytes};
}

Result<void> FakeCopies::read(const std::string& snapshot, const FileTaker& taker) {
  TRY_VOID(obstacle());
  const auto found = snapshots.find(snapshot);
  if (found == snapshots.end()) return error(ErrorCode::not_found, "there is no such snapshot");
  for (const auto& [path, content] : found->second.files) {
    TRY(const bool is_wanted, taker.wants(path));
    if (!is_wanted) continue;
    TRY_VOID(taker.take(path, content));
  }
  return {};
}

Result<std::vector<LabelledFiles>> FakeCopies::list(const std::string& path) {
  TRY_VOID(obstacle());
  std::vector<LabelledFiles> found;
  for (const auto& [id, made] : snapshots) {
    if (made.label.path == path) found.push_back({id, made.label});
  }
  return found;
}

}  // namespace salvor::volume::testing
