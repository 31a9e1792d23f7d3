#include "repo/prune.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "objectstore/locks.h"
#include "repo/blob_opener.h"
#include "repo/blob_saver.h"
#include "repo/usage.h"

namespace salvor::repo {
namespace {

struct PackState {
  std::uint64_t size = 0;
  std::vector<PackedBlob> used;    // blobs that this pack is to keep
  std::vector<PackedBlob> unused;  // needed by nobody, or kept by another pack
  std::uint64_t unused_bytes = 0;
  bool is_mixed = false;   // trees and data: readers want them apart
  bool is_locked = false;  // as it is, for now
  bool is_rewritten = false;

  bool goes() const { return used.empty() && !is_locked; }
  double unused_share() const {
    return static_cast<double>(unused_bytes) /
           static_cast<double>(std::max<std::uint64_t>(size, 1));
  }
};

using Packs = std::map<Id, PackState>;

class Prune {
 public:
  Prune(Context& context, const Repository& repository, const PruneOptions& options)
      : context_(context),
        repository_(repository),
        options_(options),
        progress_(options.progress != nullptr ? *options.progress : nobodys_progress_) {}

  Result<Pruned> run() {
    TRY(old_indexes_, repository_.list(context_, FileKind::index));
    TRY_VOID(read_indexes());
    TRY_VOID(find_used());
    TRY_VOID(sort_out());
    choose();
    TRY(auto contents, rewrite());
    TRY_VOID(replace_indexes(std::move(contents)));
    TRY_VOID(remove_packs());
    return result_;
  }

 private:
  Result<void> read_indexes() {
    for (const StoredFile& file : old_indexes_) {
      TRY(std::string text, repository_.load(context_, FileKind::index, file.id));
      TRY(const bool stays, is_locked(repository_.name_of(FileKind::index, file.id)));
      if (stays) locked_indexes_.insert(file.id);
      TRY_VOID(read_index(std::move(text), [&](PackContents pack) -> Result<void> {
        index_.add(pack);
        if (stays) pinned_.insert(pack.pack);
        named_.emplace(pack.pack, std::move(pack.blobs));
        return {};
      }));
    }
    return {};
  }

  Result<bool> is_locked(const std::string& object) {
    return objectstore::is_locked(context_, repository_.store(), object);
  }

  Result<void> find_used() {
    std::optional<Error> missing;
    usage_.emplace(repository_, index_, [&](const std::string& where, const Error& failure) {
      if (!missing) missing = Error(failure).within(where);
    });
    TRY(const auto snapshots, load_snapshots(context_, repository_));
    for (const Snapshot& snapshot : snapshots) TRY_VOID(usage_->add(context_, snapshot));
    if (!missing) return {};
    return error(ErrorCode::corrupt,
                 "nothing was removed, as snapshots are not whole: " + missing->message)
        .with_hint("run check; forget the snapshots that it names, or repair the repository");
  }

  Result<void> sort_out() {
    TRY(const auto files, repository_.list_packs(context_));
    for (const StoredFile& file : files) {
      PackState& pack = packs_[file.id];
      pack.size = file.size_bytes;
      const auto named = named_.find(file.id);
      if (named == named_.end()) continue;
      for (const PackedBlob& blob : named->second) {
        const auto kept = index_.find(blob.key);
        const bool is_used = usage_->used().contains(blob.key) && kept && kept->pack == file.id;
        (is_used ? pack.used : pack.unused).push_back(blob);
        if (!is_used) pack.unused_bytes += blob.place.length;
        pack.is_mixed = pack.is_mixed || blob.key.type != named->second.front().key.type;
      }
    }
    TRY_VOID(find_locked_packs());
    for (const auto& [id, blobs] : named_) {
      if (packs_.contains(id)) continue;
      const bool is_needed = std::any_of(blobs.begin(), blobs.end(), [&](const PackedBlob& blob) {
        const auto kept = index_.find(blob.key);
        return usage_->used().contains(blob.key) && kept && kept->pack == id;
      });
      if (is_needed)
        return error(ErrorCode::corrupt,
                     "nothing was removed, as pack " + id.brief() + " is needed and not there");
    }
    return {};
  }

  // Of those that would go or be written anew.
  Result<void> find_locked_packs() {
    for (auto& [id, pack] : packs_) {
      if (!pack.used.empty() && pack.unused_bytes == 0 && !pack.is_mixed) continue;
      pack.is_locked = pinned_.contains(id);
      if (!pack.is_locked) {
        TRY(pack.is_locked, is_locked(repository_.name_of_pack(id)));
      }
      if (pack.is_locked) ++result_.packs_locked;
    }
    return {};
  }

  // Those that waste the most are written anew, until what is left is little enough.
  void choose() {
    std::uint64_t unused = 0;
    std::uint64_t used = 0;
    std::vector<PackState*> wasteful;
    for (auto& [id, pack] : packs_) {
      if (pack.is_locked) result_.bytes_unused += pack.unused_bytes;
      if (pack.is_locked || pack.goes()) continue;
      unused += pack.unused_bytes;
      used += pack.size - pack.unused_bytes;
      if (pack.is_mixed) {
        pack.is_rewritten = true;
        unused -= pack.unused_bytes;
      } else if (pack.unused_bytes > 0) {
        wasteful.push_back(&pack);
      }
    }
    std::sort(wasteful.begin(), wasteful.end(), [](const PackState* a, const PackState* b) {
      return a->unused_share() > b->unused_share();
    });
    const double most = options_.max_unused * static_cast<double>(used);
    for (PackState* pack : wasteful) {
      if (static_cast<double>(unused) <= most) break;
      pack->is_rewritten = true;
      unused -= pack->unused_bytes;
    }
    result_.bytes_unused += unused;
    for (const auto& [id, pack] : packs_) {
      if (pack.is_rewritten) progress_.total_bytes += pack.size - pack.unused_bytes;
    }
  }

  // The contents of the new packs. Blobs are opened on their way: what is damaged is not kept as
  // good.
  Result<std::vector<PackContents>> rewrite() {
    Index fresh;
    BlobSealer sealer(repository_, 3);
    BlobOpener opener(repository_.key());
    BlobSaver saver(repository_, fresh);
    for (const auto& [id, pack] : packs_) {
      if (!pack.is_rewritten) continue;
      ++result_.packs_rewritten;
      for (const PackedBlob& blob : pack.used) {
        TRY(std::string sealed,
            repository_.read_pack(context_, id, blob.place.offset, blob.place.length));
        TRY(const std::string_view plain, opener.open(sealed, blob));
        TRY_VOID(saver.save(context_, sealer, blob.key.type, plain));
        progress_.bytes += blob.place.length;
      }
    }
    TRY_VOID(saver.finish(context_));
    std::map<Id, std::vector<PackedBlob>> made;
    fresh.each([&](const BlobKey& key, const Index::Found& found) {
      made[found.pack].push_back({key, found.place});
    });
    std::vector<PackContents> contents;
    for (auto& [id, blobs] : made) contents.push_back({id, std::move(blobs)});
    return contents;
  }

  // The new packs are named by an index already, and are once more by those that replace all.
  Result<void> replace_indexes(std::vector<PackContents> contents) {
    bool is_changed = false;
    for (const auto& [id, blobs] : named_) {
      const auto pack = packs_.find(id);
      const bool stays = pack != packs_.end() && !pack->second.goes() && !pack->second.is_rewritten;
      if (pinned_.contains(id)) continue;  // its index stays as well
      if (stays) contents.push_back({id, blobs});
      is_changed = is_changed || !stays;
    }
    if (!is_changed) return {};
    TRY(const auto before, repository_.list(context_, FileKind::index));
    std::set<Id> written;
    std::vector<PackContents> part;
    std::size_t blobs = 0;
    const auto write = [&]() -> Result<void> {
      TRY(const Id id, repository_.save(context_, FileKind::index, index_json(part)));
      written.insert(id);
      part.clear();
      blobs = 0;
      return {};
    };
    for (PackContents& pack : contents) {
      blobs += pack.blobs.size();
      part.push_back(std::move(pack));
      if (blobs >= kIndexBlobs) TRY_VOID(write());
    }
    if (!part.empty()) TRY_VOID(write());
    for (const StoredFile& file : before) {
      if (!written.contains(file.id) && !locked_indexes_.contains(file.id))
        TRY_VOID(repository_.remove(context_, FileKind::index, file.id));
    }
    return {};
  }

  Result<void> remove_packs() {
    for (const auto& [id, pack] : packs_) {
      if (!pack.goes() && !pack.is_rewritten) continue;
      TRY_VOID(repository_.remove_pack(context_, id));
      ++result_.packs_removed;
      result_.bytes_removed += pack.size;
    }
    return {};
  }

  Context& context_;
  const Repository& repository_;
  const PruneOptions& options_;
  Progress nobodys_progress_;
  Progress& progress_;
  std::vector<StoredFile> old_indexes_;
  Index index_;
  std::map<Id, std::vector<PackedBlob>> named_;  // as the indexes say
  std::set<Id> locked_indexes_;
  std::set<Id> pinned_;  // packs that a locked index names
  std::optional<Usage> usage_;
  Packs packs_;  // as the store has them
  Pruned result_;
};

}  // namespace

Result<Pruned> prune(Context& context, const Repository& repository, const PruneOptions& options) {
  return Prune(context, repository, options).run();
}

}  // namespace salvor::repo
