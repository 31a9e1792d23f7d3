// Saves blobs: those that the repository lacks are compressed, verified, sealed, and gathered in
// packs; full packs are uploaded and indexed beside that.
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/context.h"
#include "base/pool.h"
#include "base/result.h"
#include "repo/compression.h"
#include "repo/index.h"
#include "repo/internal/blob_proof.h"
#include "repo/internal/buffer.h"
#include "repo/repository.h"

namespace salvor::repo {

// Bytes of blobs after which a pack is closed, as restic does, and blobs after which an index is
// written: its text takes memory, too.
inline constexpr std::size_t kPackBytes = std::size_t{16} << 20;
inline constexpr std::size_t kIndexBlobs = 20'000;
// Packs that are uploaded at the same time. Who fills another meanwhile waits: memory is bounded.
inline constexpr unsigned kUploads = 2;

struct SavedBytes {
  std::uint64_t data_blobs = 0;  // new ones
  std::uint64_t tree_blobs = 0;
  std::uint64_t plain = 0;  // of new blobs
  std::uint64_t packed = 0;
};

// What one thread needs to make blobs ready; dear to make, so each thread keeps its own.
class BlobSealer {
 public:
  BlobSealer(const Repository& repository, int level)
      : cipher_(repository.key()),
        compressor_(level),
        proof_(repository.key()),
        compresses_(repository.config().version > 1) {}

  struct Sealed {
    std::string_view bytes;  // until the next call
    bool is_compressed = false;
  };
  // Sealed, and opened again: bytes that this memory or this zstd has damaged must not be kept as
  // good. Fails with corrupt then.
  Result<Sealed> seal(const BlobKey& key, std::string_view plain);
  // Gives back the memory that only a large blob needs.
  void rest();

 private:
  Cipher cipher_;
  Compressor compressor_;
  internal::BlobProof proof_;
  const bool compresses_;
  internal::Buffer sealed_;
};

// Any thread may call save(). An error is final: what comes after it fails, too.
class BlobSaver {
 public:
  // `index`: what the repository has already; grows by what is saved. Borrows both.
  BlobSaver(const Repository& repository, Index& index)
      : repository_(repository),
        index_(index),
        pieces_(kPackBytes / internal::kPieceBytes, internal::kPieceBytes),
        builders_{PackBuilder(pieces_), PackBuilder(pieces_)},
        uploads_(kUploads) {}

  // The blob's id; it is in the repository once finish() has succeeded. The context is that of
  // uploads, too, and must outlive this.
  Result<Id> save(Context& context, BlobSealer& sealer, BlobType type, std::string_view plain);
  // Writes what is gathered, and the index of all that was written. Requires: no save() runs.
  Result<void> finish(Context& context);

  SavedBytes saved() const;
  // Whether the repository has it, or will have.
  bool knows(const BlobKey& key) const;
  // Where the repository has it.
  std::optional<Index::Found> find(const BlobKey& key) const;

 private:
  bool claim(const BlobKey& key);
  Result<void> add(Context& context, const BlobKey& key, const BlobSealer::Sealed& sealed,
                   std::size_t plain_bytes);
  void upload(Context& context, PackBuilder& builder);
  Result<void> write_pack(Context& context, PackBuilder& builder);
  Result<void> write_index(Context& context, std::vector<PackContents> packs);

  const Repository& repository_;
  Index& index_;
  internal::BufferStock pieces_;  // of packs that were uploaded
  mutable std::mutex mutex_;      // guards what follows but the pool, and index_
  std::condition_variable uploaded_;
  // Blobs on their way into a pack, or in one that is not indexed yet.
  BlobSet pending_;
  std::array<PackBuilder, 2> builders_;  // by BlobType: a pack holds one type
  unsigned uploading_ = 0;
  std::optional<Error> failure_;  // the first of an upload
  std::vector<PackContents> unindexed_;
  std::size_t unindexed_blobs_ = 0;
  SavedBytes saved_;
  Pool uploads_;  // last: its threads use the members above
};

}  // namespace salvor::repo
