#include "server/copy_repository.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "repo/lock.h"
#include "repo/protection.h"
#include "repo/prune.h"
#include "repo/repository.h"
#include "repo/small_files.h"
#include "repo/snapshot.h"
#include "repo/snapshot_check.h"

namespace salvor::server {
namespace {

// Longer than a mover's look at the list of packs; shorter than anybody waits for a removal.
constexpr std::chrono::seconds kWaitForMovers{20};
// Longer than the removal of another recovery point takes.
constexpr std::chrono::minutes kWaitForPrune{30};

Result<repo::Id> id_of(const std::string& text) {
  const auto id = repo::parse_id(text);
  if (!id) return error(ErrorCode::corrupt, "'" + text + "' is no snapshot's id");
  return *id;
}

Result<std::vector<repo::Id>> ids_of(const std::vector<std::string>& snapshots) {
  std::vector<repo::Id> ids;
  for (const std::string& text : snapshots) {
    TRY(const repo::Id id, id_of(text));
    ids.push_back(id);
  }
  return ids;
}

Result<repo::Lock> shared_lock(Context& context, const repo::Repository& repository) {
  repo::LockTiming timing;
  timing.most = kWaitForPrune;
  return repo::Lock::acquire(context, repository, repo::LockKind::shared, repo::this_process(),
                             timing);
}

// Fails with corrupt when it is gone or its keys are: whoever has no right to the store is told so,
// and not that a key is wrong.
Result<repo::Repository> open_what_is_there(Context& context, objectstore::Store& store,
                                            const std::string& password) {
  TRY_VOID(store.list(context, "keys/"));
  auto opened = repo::Repository::open(context, {store, ""}, password);
  if (opened.ok()) return opened;
  Error failure = Error(opened.error()).within("opening the repository");
  const bool is_lost = repo::tells_damage(failure) || failure.code == ErrorCode::denied;
  if (is_lost) failure.code = ErrorCode::corrupt;
  return failure;
}

volume::CopyCheck told(repo::SnapshotCheck check, bool is_done) {
  return {
      check.blobs, check.bytes, check.total_bytes, check.problem_count, std::move(check.problems),
      is_done};
}

volume::CopyCheck lost(const std::string& why) {
  volume::CopyCheck check;
  check.problem_count = 1;
  check.problems = {why};
  check.is_done = true;
  return check;
}

// What is wrong with the repository as a whole is wrong with each of its snapshots.
Result<void> tell_all(const Error& failure, std::size_t snapshots,
                      const volume::OnCopyChecked& on_checked) {
  for (std::size_t i = 0; i < snapshots; ++i) TRY_VOID(on_checked(i, lost(failure.message)));
  return {};
}

Result<void> check_each(Context& context, const repo::Repository& repository,
                        const std::vector<std::string>& snapshots,
                        const volume::OnCopyChecked& on_checked) {
  const auto index = repository.load_index(context).within("reading the index");
  if (!index.ok()) {
    return repo::tells_damage(index.error()) ? tell_all(index.error(), snapshots.size(), on_checked)
                                             : Result<void>(index.error());
  }
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    const auto id = id_of(snapshots[i]);
    if (!id.ok()) {
      TRY_VOID(on_checked(i, lost(id.error().message)));
      continue;
    }
    TRY(repo::SnapshotCheck checked,
        repo::check_snapshot(context, repository, *index, *id, [&](const repo::SnapshotCheck& now) {
          return on_checked(i, told(now, false));
        }));
    TRY_VOID(on_checked(i, told(std::move(checked), true)));
  }
  return {};
}

std::vector<volume::LabelledFiles> with_path(const std::vector<repo::Snapshot>& snapshots,
                                             const std::string& path) {
  std::vector<volume::LabelledFiles> found;
  for (const repo::Snapshot& snapshot : snapshots) {
    if (snapshot.paths() != std::vector{path}) continue;
    found.push_back({snapshot.id().hex(), {path, snapshot.hostname(), snapshot.tags()}});
  }
  return found;
}

}  // namespace

// Data that others still need stays, and so does all of it while movers are at work.
Result<void> CopyRepository::forget(Context& context, const Snapshots& snapshots) const {
  TRY(const auto store, objectstore::open_store(location_, access_));
  auto opened = repo::Repository::open(context, {*store, ""}, password_);
  if (!opened.ok() && opened.error().code == ErrorCode::not_found) return {};
  TRY(const repo::Repository repository, std::move(opened).within("opening the repository"));
  TRY(const std::vector<repo::Id> ids, ids_of(snapshots));
  for (const repo::Id& id : ids) {
    const auto removed = repository.remove(context, repo::FileKind::snapshot, id);
    if (!removed.ok() && removed.error().code != ErrorCode::not_found) return removed.error();
  }
  repo::LockTiming timing;
  timing.most = kWaitForMovers;
  auto lock = repo::Lock::acquire(context, repository, repo::LockKind::exclusive,
                                  repo::this_process(), timing);
  if (!lock.ok() && lock.error().code == ErrorCode::conflict) return {};
  TRY(repo::Lock held, std::move(lock));
  TRY(const repo::Pruned pruned, repo::prune(held.context(), repository));
  context.log.info("pruned a repository", {{"packs_removed", std::to_string(pruned.packs_removed)},
                                           {"packs_locked", std::to_string(pruned.packs_locked)}});
  return {};
}

Result<void> CopyRepository::protect(Context& context, const Snapshots& snapshots,
                                     EpochSeconds until) const {
  if (snapshots.empty()) return {};
  TRY(const std::vector<repo::Id> ids, ids_of(snapshots));
  TRY(const auto store, objectstore::open_store(location_, access_));
  TRY(const repo::Repository repository,
      repo::Repository::open(context, {*store, ""}, password_).within("opening the repository"));
  TRY(repo::Lock held, shared_lock(context, repository));
  return repo::protect(held.context(), repository, ids, until);
}

Result<void> CopyRepository::check(Context& context, const Snapshots& snapshots,
                                   const volume::OnCopyChecked& on_checked) const {
  TRY(const auto store, objectstore::open_store(location_, access_));
  auto opened = open_what_is_there(context, *store, password_);
  if (!opened.ok()) {
    const Error& failure = opened.error();
    return failure.code == ErrorCode::corrupt ? tell_all(failure, snapshots.size(), on_checked)
                                              : Result<void>(failure);
  }
  TRY(repo::Lock held, shared_lock(context, *opened));
  return check_each(held.context(), *opened, snapshots, on_checked);
}

Result<volume::CopiedFiles> CopyRepository::save_files(Context& context,
                                                       const volume::FilesLabel& label,
                                                       const FileSource& source) const {
  TRY(const auto store, objectstore::open_store(location_, access_));
  const repo::LockOwner we = repo::this_process();
  TRY(const repo::Repository repository,
      repo::Repository::open_or_create(context, {*store, ""}, password_, {we.username, we.hostname})
          .within("opening the repository"));
  TRY(repo::Lock held, shared_lock(context, repository));
  TRY(const auto earlier, repo::load_snapshots(held.context(), repository));
  const repo::SnapshotFacts facts{
      .path = label.path, .hostname = label.host, .username = we.username, .tags = label.tags};
  TRY(const repo::SavedFiles saved, repo::save_files(held.context(), repository, facts, source));
  for (const volume::LabelledFiles& replaced : with_path(earlier, label.path)) {
    if (!(replaced.label == label)) continue;
    TRY(const repo::Id id, id_of(replaced.snapshot));
    TRY_VOID(repository.remove(held.context(), repo::FileKind::snapshot, id));
  }
  return volume::CopiedFiles{saved.snapshot.id().hex(), saved.stored_bytes};
}

Result<void> CopyRepository::read_files(Context& context, const std::string& snapshot,
                                        const FileTaker& taker) const {
  TRY(const repo::Id id, id_of(snapshot));
  TRY(const auto store, objectstore::open_store(location_, access_));
  TRY(const repo::Repository repository, open_what_is_there(context, *store, password_));
  TRY(repo::Lock held, shared_lock(context, repository));
  return repo::read_files(held.context(), repository, id, taker);
}

Result<std::vector<volume::LabelledFiles>> CopyRepository::list_files(
    Context& context, const std::string& path) const {
  TRY(const auto store, objectstore::open_store(location_, access_));
  TRY(const repo::Repository repository, open_what_is_there(context, *store, password_));
  TRY(const auto snapshots, repo::load_snapshots(context, repository));
  return with_path(snapshots, path);
}

}  // namespace salvor::server
