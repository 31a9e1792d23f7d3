// First the trees are walked, which says what is needed. Then the blobs are read in the order in
// which they lie in their packs. Only when some are bad the trees are walked again, with an index
// that has lost the bad ones: what complains then are the files that need them.
#include "repo/snapshot_check.h"

#include <optional>

#include "repo/blob_opener.h"
#include "repo/internal/restore_batch.h"
#include "repo/snapshot.h"
#include "repo/usage.h"

namespace salvor::repo {
namespace {

constexpr std::size_t kProblemsShown = 20;

std::uint64_t plain_length(const BlobPlace& place) {
  return place.is_compressed() ? place.plain_length : place.length - kSealBytes;
}

class Check {
 public:
  Check(Context& context, const Repository& repository, const Index& index,
        const SnapshotCheckSink& sink)
      : context_(context),
        repository_(repository),
        index_(index),
        sink_(sink),
        opener_(repository.key()) {}

  Result<SnapshotCheck> run(const Id& id) {
    const auto snapshot = load_snapshot(context_, repository_, id);
    if (!snapshot.ok()) {
      TRY_VOID(note("snapshot " + id.brief(), snapshot.error()));
      return std::move(check_);
    }
    Usage usage(repository_, index_,
                [this](const std::string& where, const Error& failure) { hear(where, failure); });
    TRY_VOID(usage.add(context_, *snapshot));
    if (unreachable_) return *unreachable_;
    plan(usage.used());
    TRY_VOID(read());
    if (!bad_.empty()) TRY_VOID(name_files(*snapshot));
    return std::move(check_);
  }

 private:
  Result<void> note(const std::string& object, const Error& failure) {
    TRY_VOID(context_.check());
    if (!tells_damage(failure)) return failure;
    ++check_.problem_count;
    if (check_.problems.size() < kProblemsShown)
      check_.problems.push_back(object + ": " + failure.message);
    return {};
  }

  // Of a walk, which goes on whatever this says.
  void hear(const std::string& where, const Error& failure) {
    const Result<void> noted = note(where, failure);
    if (!noted.ok() && !unreachable_) unreachable_ = noted.error();
  }

  void plan(const BlobSet& used) {
    for (const BlobKey& key : used) {
      const auto found = index_.find(key);
      if (!found) continue;  // the walk has said so
      batch_.uses.push_back({found->pack, {key, found->place}, nullptr, 0});
      if (found->place.length >= kSealBytes) check_.total_bytes += plain_length(found->place);
    }
    batch_.make_parts();
  }

  Result<void> read() {
    for (const internal::ReadPart& part : batch_.parts) {
      TRY_VOID(context_.check());
      const Id& pack = batch_.uses[part.first].pack;
      auto bytes = repository_.read_pack(context_, pack, part.offset, part.length);
      if (bytes.ok()) {
        TRY_VOID(open_part(part, *bytes));
      } else {
        TRY_VOID(read_one_by_one(part, bytes.error()));
      }
      TRY_VOID(sink_(check_));
    }
    return {};
  }

  // A pack that was cut may still have some of them.
  Result<void> read_one_by_one(const internal::ReadPart& part, const Error& failure) {
    if (!tells_damage(failure)) return failure;
    for (std::size_t i = part.first; i < part.last; ++i) {
      const internal::BlobUse& use = batch_.uses[i];
      const BlobPlace& place = use.blob.place;
      auto bytes = repository_.read_pack(context_, use.pack, place.offset, place.length);
      if (bytes.ok()) {
        TRY_VOID(open(use, *bytes));
      } else {
        TRY_VOID(reject(use, bytes.error()));
      }
    }
    return {};
  }

  Result<void> open_part(const internal::ReadPart& part, std::string& bytes) {
    for (std::size_t i = part.first; i < part.last; ++i) {
      const internal::BlobUse& use = batch_.uses[i];
      const std::size_t begin = use.blob.place.offset - part.offset;
      TRY_VOID(open(use, std::span(bytes).subspan(begin, use.blob.place.length)));
    }
    return {};
  }

  Result<void> open(const internal::BlobUse& use, std::span<char> sealed) {
    const auto plain = opener_.open(sealed, use.blob);
    if (!plain.ok()) return reject(use, plain.error());
    ++check_.blobs;
    check_.bytes += plain->size();
    return {};
  }

  Result<void> reject(const internal::BlobUse& use, const Error& failure) {
    // A bad tree was told of by the walk, with its folder.
    if (use.blob.key.type == BlobType::tree && tells_damage(failure)) return {};
    bad_.insert(use.blob.key);
    return note("pack " + use.pack.brief(), failure);
  }

  Result<void> name_files(const Snapshot& snapshot) {
    Index good;
    index_.each([&](const BlobKey& key, const Index::Found& found) {
      if (!bad_.contains(key)) good.add({found.pack, {{key, found.place}}});
    });
    Usage usage(repository_, good, [this](const std::string& where, const Error& failure) {
      hear(where, error(failure.code, "needs what is damaged or missing"));
    });
    TRY_VOID(usage.add(context_, snapshot));
    return unreachable_ ? Result<void>(*unreachable_) : Result<void>();
  }

  Context& context_;
  const Repository& repository_;
  const Index& index_;
  const SnapshotCheckSink& sink_;
  BlobOpener opener_;
  internal::RestoreBatch batch_;
  BlobSet bad_;
  SnapshotCheck check_;
  std::optional<Error> unreachable_;
};

}  // namespace

bool tells_damage(const Error& failure) {
  return failure.code == ErrorCode::corrupt || failure.code == ErrorCode::not_found ||
         failure.code == ErrorCode::invalid;
}

Result<SnapshotCheck> check_snapshot(Context& context, const Repository& repository,
                                     const Index& index, const Id& snapshot,
                                     const SnapshotCheckSink& sink) {
  return Check(context, repository, index, sink).run(snapshot);
}

}  // namespace salvor::repo
