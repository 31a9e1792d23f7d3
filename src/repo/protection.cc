#include "repo/protection.h"

#include <optional>
#include <set>
#include <string>

#include "base/pool.h"
#include "repo/snapshot.h"
#include "repo/usage.h"

namespace salvor::repo {
namespace {

// A request each, which the server's disks and the line can take side by side.
constexpr unsigned kThreads = 16;

Result<std::set<Id>> packs_of(Context& context, const Repository& repository,
                              const std::vector<Id>& snapshots) {
  TRY(const Index index, repository.load_index(context));
  std::optional<Error> missing;
  Usage usage(repository, index, [&](const std::string& where, const Error& failure) {
    if (!missing) missing = Error(failure).within(where);
  });
  for (const Id& id : snapshots) {
    TRY(const Snapshot snapshot, load_snapshot(context, repository, id));
    TRY_VOID(usage.add(context, snapshot));
  }
  if (missing) return error(ErrorCode::corrupt, "a snapshot is not whole: " + missing->message);
  std::set<Id> packs;
  index.each([&](const BlobKey& key, const Index::Found& found) {
    if (usage.used().contains(key)) packs.insert(found.pack);
  });
  return packs;
}

Result<std::vector<std::string>> unlocked_indexes(Context& context, const Repository& repository) {
  std::vector<std::string> names;
  TRY(const auto files, repository.list(context, FileKind::index));
  for (const StoredFile& file : files) {
    std::string name = repository.name_of(FileKind::index, file.id);
    TRY(const objectstore::ObjectInfo info, repository.store().stat(context, name));
    if (info.locked_until == 0) names.push_back(std::move(name));
  }
  return names;
}

Result<void> lock_all(Context& context, const Repository& repository,
                      const std::vector<std::string>& names, EpochSeconds until) {
  return for_each_number(kThreads, names.size(), [&](std::size_t i) -> Result<void> {
    TRY_VOID(context.check());
    return repository.store().lock(context, names[i], until).within("locking " + names[i]);
  });
}

}  // namespace

Result<void> protect(Context& context, const Repository& repository,
                     const std::vector<Id>& snapshots, EpochSeconds until) {
  TRY(std::vector<std::string> names, unlocked_indexes(context, repository));
  TRY(const std::set<Id> packs, packs_of(context, repository, snapshots));
  for (const Id& pack : packs) names.push_back(repository.name_of_pack(pack));
  TRY(const auto keys, repository.list_keys(context));
  for (const StoredFile& key : keys) names.push_back(repository.name_of_key(key.id));
  names.push_back(repository.name_of_config());
  TRY_VOID(lock_all(context, repository, names, until));
  // Last: while one is not locked it can be forgotten, and all else goes with it in time.
  names.clear();
  for (const Id& id : snapshots) names.push_back(repository.name_of(FileKind::snapshot, id));
  return lock_all(context, repository, names, until);
}

}  // namespace salvor::repo
