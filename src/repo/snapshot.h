// Snapshots: what a backup made of a folder, when and where.
// Source: restic's doc/design.rst, "Snapshots". Foreign bytes.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "repo/file_time.h"
#include "repo/repository.h"

namespace salvor::repo {

// A value. Its JSON is kept whole, so that members that nobody here knows survive a rewrite.
class Snapshot {
 public:
  // Fails with corrupt unless it has a time and a tree.
  static Result<Snapshot> from(const Id& id, Json json);

  const Id& id() const { return id_; }
  const Id& tree() const { return tree_; }
  const Json& json() const { return json_; }
  std::string time() const { return text_at(json_, "time"); }
  std::string hostname() const { return text_at(json_, "hostname"); }
  std::vector<std::string> paths() const { return texts("paths"); }
  std::vector<std::string> tags() const { return texts("tags"); }
  // What the backup counted, such as "total_bytes_processed"; 0: it does not say.
  std::uint64_t count(const char* name) const;

 private:
  Snapshot(const Id& id, const Id& tree, Json json)
      : id_(id), tree_(tree), json_(std::move(json)) {}
  std::vector<std::string> texts(const char* name) const;

  Id id_;
  Id tree_;
  Json json_;
};

// Of a new snapshot.
struct SnapshotFacts {
  std::string path;  // absolute; the same for each backup of a volume, as users' tools group by it
  std::string hostname;  // the same for each backup of a cluster, for the same reason
  std::string username;
  std::vector<std::string> tags;
  std::optional<Id> parent = {};
  Id tree = {};
  Json summary = {};  // null: none
};
Json snapshot_json(const SnapshotFacts& facts, FileTime time);

// All, the oldest first.
Result<std::vector<Snapshot>> load_snapshots(Context& context, const Repository& repository);
Result<Snapshot> load_snapshot(Context& context, const Repository& repository, const Id& id);

// What a new snapshot says of its time: later than what was made in the same second, so that the
// latest is the last.
FileTime next_time(const std::vector<Snapshot>& snapshots, EpochSeconds now);

// The one that a user means: "latest", an id or its beginning. Fails with not_found, with invalid
// when more than one begins so.
Result<Snapshot> choose_snapshot(const std::vector<Snapshot>& snapshots, const std::string& word);

// The youngest of that host and path, which most likely has what a new one would read again.
const Snapshot* find_parent(const std::vector<Snapshot>& snapshots, const SnapshotFacts& facts);

}  // namespace salvor::repo
