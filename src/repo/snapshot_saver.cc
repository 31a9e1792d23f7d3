#include "repo/snapshot_saver.h"

#include "repo/leftovers.h"
#include "repo/root_folder.h"

namespace salvor::repo {
namespace {

struct Before {
  std::vector<Snapshot> snapshots;  // of which the new one is to be the youngest
  std::optional<Snapshot> parent = {};
};

Result<Before> look_back(Context& context, const Repository& repository,
                         const SnapshotFacts& facts) {
  if (facts.parent) {
    auto wished = load_snapshot(context, repository, *facts.parent);
    if (wished.ok()) return Before{{*wished}, *wished};
    if (wished.error().code != ErrorCode::not_found) return std::move(wished).error();
  }
  TRY(auto snapshots, load_snapshots(context, repository));
  Before before{std::move(snapshots)};
  if (const Snapshot* parent = find_parent(before.snapshots, facts)) before.parent = *parent;
  return before;
}

Json summary_of(const SavedFolder& saved) {
  return {{"files_new", saved.counts.files_new},
          {"files_changed", saved.counts.files_changed},
          {"files_unmodified", saved.counts.files_unmodified},
          {"data_blobs", saved.saved.data_blobs},
          {"tree_blobs", saved.saved.tree_blobs},
          {"data_added", saved.saved.plain},
          {"data_added_packed", saved.saved.packed},
          {"total_files_processed",
           saved.counts.files_new + saved.counts.files_changed + saved.counts.files_unmodified},
          {"total_bytes_processed", saved.counts.bytes}};
}

}  // namespace

Result<SavedSnapshot> save_snapshot(Context& context, const Repository& repository,
                                    const std::string& folder, SnapshotFacts facts,
                                    SaveOptions options) {
  // Snapshots before the index: what they need is then in it.
  TRY(const Before before, look_back(context, repository, facts));
  TRY(Index index, repository.load_index(context));
  TRY_VOID(name_leftovers(context, repository, index));
  facts.parent.reset();
  if (before.parent) {
    facts.parent = before.parent->id();
    // A parent that cannot be read only means that all is read again.
    const auto root = root_folder(context, repository, index, *before.parent);
    if (root.ok()) options.parent_tree = root->tree;
  }
  TRY(SavedFolder saved, save_folder(context, repository, index, folder, options));
  facts.tree = saved.tree;
  facts.summary = summary_of(saved);
  Json json = snapshot_json(facts, next_time(before.snapshots, context.clock.wall_seconds()));
  TRY(const Id id, repository.save(context, FileKind::snapshot, compact(json)));
  TRY(Snapshot made, Snapshot::from(id, std::move(json)));
  return SavedSnapshot{std::move(made), std::move(saved)};
}

}  // namespace salvor::repo
