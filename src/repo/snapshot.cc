#include "repo/snapshot.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::repo {
namespace {

constexpr JsonLimits kLimits{.bytes = 16 << 20, .depth = 50};

Error damaged(const Id& id, const std::string& why) {
  return error(ErrorCode::corrupt, "snapshot " + id.brief() + " is damaged: " + why);
}

FileTime time_of(const Snapshot& snapshot) {
  return parse_file_time(snapshot.time()).value_or(FileTime{});
}

}  // namespace

Result<Snapshot> Snapshot::from(const Id& id, Json json) {
  const auto tree = parse_id(text_at(json, "tree"));
  if (!tree) return damaged(id, "it has no tree");
  if (!parse_file_time(text_at(json, "time"))) return damaged(id, "it has no time");
  return Snapshot(id, *tree, std::move(json));
}

std::vector<std::string> Snapshot::texts(const char* name) const {
  std::vector<std::string> texts;
  const Json& list = member(json_, name);
  if (!list.is_array()) return texts;
  for (const Json& text : list) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

std::uint64_t Snapshot::count(const char* name) const {
  const Json& count = member(member(json_, "summary"), name);
  return count.is_number_unsigned() ? count.get<std::uint64_t>() : 0;
}

Json snapshot_json(const SnapshotFacts& facts, FileTime time) {
  Json json = {{"time", to_text(time)},
               {"tree", facts.tree.hex()},
               {"paths", Json::array({facts.path})},
               {"hostname", facts.hostname},
               {"username", facts.username}};
  if (facts.parent) json["parent"] = facts.parent->hex();
  if (!facts.tags.empty()) json["tags"] = facts.tags;
  if (!facts.summary.is_null()) json["summary"] = facts.summary;
  return json;
}

FileTime next_time(const std::vector<Snapshot>& snapshots, EpochSeconds now) {
  FileTime next{now, 0};
  for (const Snapshot& snapshot : snapshots) {
    const FileTime time = time_of(snapshot);
    if (time.seconds == now && time >= next && time.nanoseconds < 999'999'999)
      next.nanoseconds = time.nanoseconds + 1;
  }
  return next;
}

Result<Snapshot> load_snapshot(Context& context, const Repository& repository, const Id& id) {
  TRY(const std::string text, repository.load(context, FileKind::snapshot, id));
  auto json = parse_json(text, kLimits);
  if (!json.ok()) return damaged(id, json.error().message);
  return Snapshot::from(id, *std::move(json));
}

namespace {

// One that was forgotten since it was listed; not one that a store merely fails to give.
Result<bool> is_forgotten(Context& context, const Repository& repository, const Id& id) {
  TRY(const auto files, repository.list(context, FileKind::snapshot));
  return std::none_of(files.begin(), files.end(),
                      [&](const StoredFile& file) { return file.id == id; });
}

}  // namespace

Result<std::vector<Snapshot>> load_snapshots(Context& context, const Repository& repository) {
  std::vector<Snapshot> snapshots;
  TRY(const auto files, repository.list(context, FileKind::snapshot));
  for (const StoredFile& file : files) {
    TRY_VOID(context.check());
    auto snapshot = load_snapshot(context, repository, file.id);
    if (!snapshot.ok() && snapshot.error().code == ErrorCode::not_found) {
      TRY(const bool forgotten, is_forgotten(context, repository, file.id));
      if (forgotten) continue;
    }
    if (!snapshot.ok()) return std::move(snapshot).error();
    snapshots.push_back(*std::move(snapshot));
  }
  std::stable_sort(snapshots.begin(), snapshots.end(),
                   [](const Snapshot& a, const Snapshot& b) { return time_of(a) < time_of(b); });
  return snapshots;
}

Result<Snapshot> choose_snapshot(const std::vector<Snapshot>& snapshots, const std::string& word) {
  if (word == "latest" && !snapshots.empty()) return snapshots.back();
  const Snapshot* chosen = nullptr;
  for (const Snapshot& snapshot : snapshots) {
    if (word.empty() || !snapshot.id().hex().starts_with(word)) continue;
    if (chosen != nullptr) {
      return error(ErrorCode::invalid, "more than one snapshot begins with \"" + word + "\"")
          .with_hint("give more of its id");
    }
    chosen = &snapshot;
  }
  if (chosen != nullptr) return *chosen;
  return error(ErrorCode::not_found, "there is no snapshot \"" + word + "\"");
}

const Snapshot* find_parent(const std::vector<Snapshot>& snapshots, const SnapshotFacts& facts) {
  const Snapshot* parent = nullptr;
  for (const Snapshot& snapshot : snapshots) {
    if (snapshot.hostname() == facts.hostname && snapshot.paths() == std::vector{facts.path})
      parent = &snapshot;
  }
  return parent;
}

}  // namespace salvor::repo
