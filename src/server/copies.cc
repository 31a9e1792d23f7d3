#include "server/copies.h"

#include <nlohmann/json.hpp>

#include "objectstore/location.h"
#include "repo/lock.h"
#include "repo/protection.h"
#include "repo/prune.h"
#include "repo/repository.h"
#include "repo/snapshot.h"
#include "repo/snapshot_check.h"
#include "server/object_store_access.h"

namespace salvor::server {
namespace {

// Longer than a mover's look at the list of packs; shorter than anybody waits for a removal.
constexpr std::chrono::seconds kWaitForMovers{20};
// Longer than the removal of another recovery point takes.
constexpr std::chrono::minutes kWaitForPrune{30};

std::string joined(const std::string& one, const std::string& other) {
  return one.empty() ? other : one + "/" + other;
}

// As restic writes it.
std::string location_of(const ObjectStoreAccess& access, const std::string& folder) {
  return "s3:" + access.endpoint + "/" + access.bucket + (folder.empty() ? "" : "/" + folder);
}

objectstore::StoreAccess store_access(const ObjectStoreAccess& access) {
  objectstore::StoreAccess store;
  store.s3.region = access.region;
  store.s3.addressing =
      access.path_style ? objectstore::Addressing::path : objectstore::Addressing::virtual_host;
  store.s3.credentials = {access.access_key, access.secret_key, access.session_token};
  store.s3.ca_pem = access.ca_pem;
  store.s3.insecure_skip_verify = access.insecure_skip_verify;
  return store;
}

Json repository_of(const ObjectStoreAccess& access, const std::string& location,
                   const std::string& password) {
  return {{"location", location},
          {"password", password},
          {"region", access.region},
          {"access_key", access.access_key},
          {"secret_key", access.secret_key},
          {"session_token", access.session_token},
          {"ca_pem", access.ca_pem},
          {"path_style", access.path_style},
          {"insecure_skip_verify", access.insecure_skip_verify},
          {"create", false}};
}

Result<std::vector<repo::Id>> ids_of(const std::vector<std::string>& snapshots) {
  std::vector<repo::Id> ids;
  for (const std::string& text : snapshots) {
    const auto id = repo::parse_id(text);
    if (!id) return error(ErrorCode::corrupt, text + " is no snapshot's id");
    ids.push_back(*id);
  }
  return ids;
}

// Data that others still need stays, and so does all of it while movers are at work.
Result<void> forget(Context& context, const std::string& location,
                    const objectstore::StoreAccess& access, const std::string& password,
                    const std::vector<std::string>& snapshots) {
  TRY(const auto store, objectstore::open_store(location, access));
  auto opened = repo::Repository::open(context, {*store, ""}, password);
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

Result<void> protect(Context& context, const std::string& location,
                     const objectstore::StoreAccess& access, const std::string& password,
                     const std::vector<std::string>& snapshots, EpochSeconds until) {
  if (snapshots.empty()) return {};
  TRY(const std::vector<repo::Id> ids, ids_of(snapshots));
  TRY(const auto store, objectstore::open_store(location, access));
  TRY(const repo::Repository repository,
      repo::Repository::open(context, {*store, ""}, password).within("opening the repository"));
  repo::LockTiming timing;
  timing.most = kWaitForPrune;
  TRY(repo::Lock held, repo::Lock::acquire(context, repository, repo::LockKind::shared,
                                           repo::this_process(), timing));
  return repo::protect(held.context(), repository, ids, until);
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
    const auto id = repo::parse_id(snapshots[i]);
    if (!id) {
      TRY_VOID(on_checked(i, lost("'" + snapshots[i] + "' is no snapshot's id")));
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

Result<void> check(Context& context, const std::string& location,
                   const objectstore::StoreAccess& access, const std::string& password,
                   const std::vector<std::string>& snapshots,
                   const volume::OnCopyChecked& on_checked) {
  TRY(const auto store, objectstore::open_store(location, access));
  // Whoever has no right to the store is told so here, and not that a key is wrong.
  TRY_VOID(store->list(context, "keys/"));
  auto opened = repo::Repository::open(context, {*store, ""}, password);
  if (!opened.ok()) {
    const Error failure = Error(opened.error()).within("opening the repository");
    const bool is_lost = repo::tells_damage(failure) || failure.code == ErrorCode::denied;
    return is_lost ? tell_all(failure, snapshots.size(), on_checked) : Result<void>(failure);
  }
  TRY(repo::Lock held, repo::Lock::acquire(context, *opened, repo::LockKind::shared,
                                           repo::this_process(), {.most = kWaitForPrune}));
  return check_each(held.context(), *opened, snapshots, on_checked);
}

}  // namespace

OpenCopies copies_opener(catalog::Catalog& catalog, Sealer sealer, std::string password) {
  return [&catalog, sealer = std::move(sealer), password = std::move(password)](
             Context& context, const std::string& object_store,
             const std::string& cluster) -> Result<volume::CopyAccess> {
    TRY(const catalog::Document document, catalog.get(context, "objectstores", object_store));
    TRY(const ObjectStoreAccess access, object_store_access(document.body(), sealer));
    const objectstore::StoreAccess options = store_access(access);
    const std::string folder = joined(access.prefix, "restic/" + cluster);
    const std::string location = location_of(access, folder);
    volume::CopyAccess copies;
    TRY(copies.store, objectstore::open_store(location_of(access, access.prefix), options));
    copies.repository = repository_of(access, location, password);
    copies.location = {{"backup_provider", "s3"}, {"bucket_name", access.bucket},
                       {"region", access.region}, {"endpoint", access.endpoint},
                       {"prefix", access.prefix}, {"backup_repo_prefix", folder}};
    copies.forget = [location, options, password](Context& within,
                                                  const std::vector<std::string>& snapshots) {
      return forget(within, location, options, password, snapshots);
    };
    if (access.is_locked) {
      copies.protect = [location, options, password](Context& within,
                                                     const std::vector<std::string>& snapshots,
                                                     EpochSeconds until) {
        return protect(within, location, options, password, snapshots, until);
      };
    }
    copies.check = [location, options, password](Context& within,
                                                 const std::vector<std::string>& snapshots,
                                                 const volume::OnCopyChecked& on_checked) {
      return check(within, location, options, password, snapshots, on_checked);
    };
    return copies;
  };
}

}  // namespace salvor::server
