#include "repo/check.h"

#include <algorithm>
#include <map>

#include "repo/blob_opener.h"
#include "repo/usage.h"

namespace salvor::repo {
namespace {

std::size_t header_bytes(const std::vector<PackedBlob>& blobs) {
  std::size_t entries = 0;
  for (const PackedBlob& blob : blobs) entries += blob.place.is_compressed() ? 41 : 37;
  return entries + kSealBytes + kHeaderLengthBytes;
}

class Check {
 public:
  Check(Context& context, const Repository& repository, Progress& progress)
      : context_(context),
        repository_(repository),
        progress_(progress),
        opener_(repository.key()) {}

  Result<CheckReport> run(CheckDepth depth) {
    TRY(const auto snapshots, repository_.list(context_, FileKind::snapshot));
    TRY_VOID(read_indexes());
    TRY_VOID(compare_packs());
    TRY_VOID(walk_snapshots(snapshots));
    if (depth == CheckDepth::data) TRY_VOID(read_packs());
    return std::move(report_);
  }

 private:
  void find(Severity severity, std::string object, std::string message) {
    report_.findings.push_back({severity, std::move(object), std::move(message)});
  }
  void complain(const std::string& object, const Error& failure) {
    find(Severity::error, object, failure.message);
  }

  Result<void> read_indexes() {
    TRY(const auto files, repository_.list(context_, FileKind::index));
    for (const StoredFile& file : files) {
      TRY_VOID(context_.check());
      auto text = repository_.load(context_, FileKind::index, file.id);
      Result<void> read = text.ok() ? read_index(*std::move(text),
                                                 [&](PackContents pack) {
                                                   add(std::move(pack));
                                                   return Result<void>();
                                                 })
                                    : Result<void>(text.error());
      if (!read.ok()) complain("index " + file.id.brief(), read.error());
    }
    return {};
  }

  void add(PackContents pack) {
    std::sort(pack.blobs.begin(), pack.blobs.end(), [](const PackedBlob& a, const PackedBlob& b) {
      return a.place.offset < b.place.offset;
    });
    index_.add(pack);
    const auto [known, is_new] = packs_.emplace(pack.pack, pack.blobs);
    if (is_new) return;
    find(Severity::hint, "pack " + pack.pack.brief(), "more than one index names it");
    if (known->second != pack.blobs)
      find(Severity::error, "pack " + pack.pack.brief(), "indexes differ about what it holds");
  }

  // That each pack is there, has the size that its blobs need, and has no gaps.
  Result<void> compare_packs() {
    TRY(const auto files, repository_.list_packs(context_));
    std::map<Id, std::uint64_t> sizes;
    for (const StoredFile& file : files) sizes.emplace(file.id, file.size_bytes);
    report_.packs = files.size();
    report_.blobs = index_.blob_count();
    for (const auto& [id, blobs] : packs_) {
      const std::string object = "pack " + id.brief();
      const auto found = sizes.find(id);
      if (found == sizes.end()) {
        find(Severity::error, object, "an index names it, and it is not there");
        continue;
      }
      std::uint64_t end = 0;
      for (const PackedBlob& blob : blobs) {
        if (blob.place.offset != end) {
          find(Severity::error, object, "its index leaves a gap, or has blobs that overlap");
          break;
        }
        end += blob.place.length;
      }
      if (end + header_bytes(blobs) != found->second)
        find(Severity::error, object, "it has another size than its index says");
    }
    for (const StoredFile& file : files) {
      if (!packs_.contains(file.id))
        find(Severity::hint, "pack " + file.id.brief(), "no index names it: prune removes it");
    }
    return {};
  }

  Result<void> walk_snapshots(const std::vector<StoredFile>& files) {
    Usage usage(repository_, index_, [this](const std::string& where, const Error& failure) {
      complain(where, failure);
    });
    for (const StoredFile& file : files) {
      auto snapshot = load_snapshot(context_, repository_, file.id);
      TRY_VOID(context_.check());
      if (snapshot.ok()) {
        TRY_VOID(usage.add(context_, *snapshot));
        ++report_.snapshots;
      } else {
        complain("snapshot " + file.id.brief(), snapshot.error());
      }
    }
    return {};
  }

  Result<void> read_packs() {
    TRY(const auto files, repository_.list_packs(context_));
    for (const StoredFile& file : files) progress_.total_bytes += file.size_bytes;
    for (const StoredFile& file : files) {
      TRY_VOID(context_.check());
      auto read = read_whole(file);
      progress_.bytes += file.size_bytes;
      if (!read.ok() && read.error().code == ErrorCode::cancelled) return read;
      if (!read.ok()) complain("pack " + file.id.brief(), read.error());
    }
    return {};
  }

  Result<void> read_whole(const StoredFile& file) {
    TRY(std::string bytes, repository_.read_pack(context_, file.id, 0, file.size_bytes));
    if (id_of(bytes) != file.id)
      return error(ErrorCode::corrupt, "its bytes are not what its name says");
    TRY(const auto blobs, repository_.pack_contents(context_, file));
    const auto known = packs_.find(file.id);
    if (known != packs_.end() && known->second != blobs)
      return error(ErrorCode::corrupt, "its header differs from its index");
    for (const PackedBlob& blob : blobs) {
      TRY_VOID(opener_.open(std::span(bytes).subspan(blob.place.offset, blob.place.length), blob));
    }
    return {};
  }

  Context& context_;
  const Repository& repository_;
  Progress& progress_;
  BlobOpener opener_;
  Index index_;
  std::map<Id, std::vector<PackedBlob>> packs_;  // as the indexes say, by offset
  CheckReport report_;
};

}  // namespace

bool CheckReport::is_good() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::error; });
}

Result<CheckReport> check(Context& context, const Repository& repository, CheckDepth depth,
                          Progress* progress) {
  Progress nobodys;
  return Check(context, repository, progress != nullptr ? *progress : nobodys).run(depth);
}

}  // namespace salvor::repo
