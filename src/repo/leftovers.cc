#include "repo/leftovers.h"

#include <unordered_set>

namespace salvor::repo {

Result<std::size_t> name_leftovers(Context& context, const Repository& repository, Index& index) {
  std::unordered_set<Id, IdHash> named;
  index.each_pack([&](const Id& pack) { named.insert(pack); });
  TRY(const auto files, repository.list_packs(context));
  std::vector<PackContents> found;
  for (const StoredFile& file : files) {
    if (named.contains(file.id)) continue;
    auto blobs = repository.pack_contents(context, file);
    // Damaged, or in a folder that is not its own.
    const bool is_none = !blobs.ok() && (blobs.error().code == ErrorCode::corrupt ||
                                         blobs.error().code == ErrorCode::not_found);
    if (is_none) continue;
    if (!blobs.ok()) return std::move(blobs).error();
    found.push_back({file.id, *std::move(blobs)});
  }
  if (found.empty()) return std::size_t{0};
  TRY_VOID(repository.save(context, FileKind::index, index_json(found)));
  for (const PackContents& pack : found) index.add(pack);
  return found.size();
}

}  // namespace salvor::repo
