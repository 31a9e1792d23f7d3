#include "mover/work.h"

#include <memory>

#include "mover/target_folder.h"
#include "objectstore/location.h"
#include "repo/folder_restorer.h"
#include "repo/folder_scan.h"
#include "repo/lock.h"
#include "repo/snapshot_saver.h"

namespace salvor::mover {
namespace {

constexpr std::chrono::minutes kLockWait{30};  // as long as a lock of the dead counts

Result<std::unique_ptr<objectstore::Store>> open_store(const Order& order,
                                                       objectstore::Traffic& traffic) {
  const RepositoryAccess& access = order.repository;
  const objectstore::StoreAccess how{
      .s3 = {.region = access.region,
             .addressing = access.path_style ? objectstore::Addressing::path
                                             : objectstore::Addressing::virtual_host,
             .credentials = {access.access_key, access.secret_key, access.session_token},
             .ca_pem = access.ca_pem,
             .insecure_skip_verify = access.insecure_skip_verify},
      .bandwidth = {.up_bytes = order.limits.upload_bytes_per_second,
                    .down_bytes = order.limits.download_bytes_per_second}};
  TRY(auto store, objectstore::open_store(access.location, how));
  return objectstore::make_counted_store(std::move(store), traffic);
}

Result<repo::Repository> open_repository(Context& context, objectstore::Store& store,
                                         const RepositoryAccess& access) {
  const repo::Place place{store, ""};
  const repo::LockOwner we = repo::this_process();
  return access.create ? repo::Repository::open_or_create(context, place, access.password,
                                                          {we.username, we.hostname})
                       : repo::Repository::open(context, place, access.password);
}

class Work {
 public:
  Work(const Order& order, Movement& movement) : order_(order), movement_(movement) {}

  Result<void> run(Context& context, const repo::Repository& repository) {
    TRY(repo::Lock held, repo::Lock::acquire(context, repository, repo::LockKind::shared,
                                             repo::this_process(), {.most = kLockWait}));
    return order_.operation == Operation::save ? save(held.context(), repository)
                                               : restore(held.context(), repository);
  }

  Report take() { return std::move(report_); }

 private:
  template <typename Folder>
  void note_problems(Folder folder) {
    report_.problem_count += folder.problem_count;
    report_.problems = std::move(folder.problems);
  }

  unsigned threads_or(unsigned usual) const {
    return order_.limits.threads == 0 ? usual : static_cast<unsigned>(order_.limits.threads);
  }

  Result<void> save(Context& context, const repo::Repository& repository) {
    const repo::FolderScan scan(context, order_.folder, movement_.progress);
    const SaveOrder& order = order_.save;
    const repo::SnapshotFacts facts{.path = order.path,
                                    .hostname = order.host,
                                    .username = repo::this_process().username,
                                    .tags = order.tags,
                                    .parent = repo::parse_id(order.parent)};
    TRY(repo::SavedSnapshot saved,
        repo::save_snapshot(context, repository, order_.folder, facts,
                            {.threads = threads_or(repo::SaveOptions{}.threads),
                             .root_name = repo::last_part(order.path),
                             .progress = &movement_.progress}));
    report_.snapshot = saved.snapshot.id().hex();
    note_problems(std::move(saved.folder));
    return {};
  }

  Result<void> restore(Context& context, const repo::Repository& repository) {
    const auto id = repo::parse_id(order_.restore.snapshot);
    auto snapshot = repo::load_snapshot(context, repository, *id);
    if (!snapshot.ok() && snapshot.error().code == ErrorCode::not_found)
      return error(ErrorCode::not_found, "the repository has no snapshot " + id->hex());
    if (!snapshot.ok()) return std::move(snapshot).error();
    report_.snapshot = id->hex();
    TRY(const repo::Index index, repository.load_index(context));
    TRY(const repo::RootFolder root, repo::root_folder(context, repository, index, *snapshot));
    TRY(TargetFolder target,
        TargetFolder::take(context, repository, index, order_.folder, *id, root));
    movement_.progress.total_files = snapshot->count("total_files_processed");
    movement_.progress.total_bytes = snapshot->count("total_bytes_processed");
    TRY(repo::RestoredFolder restored,
        repo::restore_folder(context, repository, index, root.tree, order_.folder,
                             {.threads = threads_or(repo::RestoreOptions{}.threads),
                              .bytes_there = repo::BytesThere::compared,
                              .progress = &movement_.progress}));
    note_problems(std::move(restored));
    auto finished = target.finish(root);
    if (finished.ok()) return {};
    ++report_.problem_count;
    report_.problems.insert(report_.problems.begin(), {"/", std::move(finished).error()});
    return {};
  }

  const Order& order_;
  Movement& movement_;
  Report report_;
};

}  // namespace

Report work(Context& context, const Order& order, Movement& movement) {
  Work doing(order, movement);
  const auto done = [&]() -> Result<void> {
    TRY(const auto store, open_store(order, movement.traffic));
    TRY(const repo::Repository repository, open_repository(context, *store, order.repository));
    return doing.run(context, repository);
  }();
  Report report = doing.take();
  if (!done.ok()) report.failure = done.error();
  report.files = movement.progress.files;
  report.bytes = movement.progress.bytes;
  report.transferred_bytes =
      order.operation == Operation::save ? movement.traffic.up_bytes : movement.traffic.down_bytes;
  return report;
}

}  // namespace salvor::mover
