#include "repo/blob_saver.h"

#include <utility>

namespace salvor::repo {
namespace {

// Most blobs need no more room.
constexpr std::size_t kUsualBytes = std::size_t{2} << 20;

bool is_full(const PackBuilder& builder) {
  return builder.bytes() >= kPackBytes || !builder.has_room();
}

}  // namespace

Result<BlobSealer::Sealed> BlobSealer::seal(const BlobKey& key, std::string_view plain) {
  const std::span<char> room = sealed_.of(Compressor::bound(plain.size()) + kSealBytes);
  char* const text = room.data() + kIvBytes;
  std::size_t size = plain.size();
  if (compresses_) size = compressor_.compress(plain, text);
  // Trees always are compressed: restic's prune would write them anew.
  const bool is_compressed = compresses_ && (key.type == BlobType::tree || size < plain.size());
  if (!is_compressed) {
    size = plain.size();
    std::copy(plain.begin(), plain.end(), text);
  }
  const std::span<char> sealed = room.first(size + kSealBytes);
  cipher_.seal(sealed);
  const BlobPlace place{0, static_cast<std::uint32_t>(sealed.size()),
                        is_compressed ? static_cast<std::uint32_t>(plain.size()) : 0};
  const std::string_view bytes(sealed.data(), sealed.size());
  TRY_VOID(proof_.check(bytes, {key, place}).within("verifying what was just sealed"));
  return Sealed{bytes, is_compressed};
}

void BlobSealer::rest() { sealed_.rest(kUsualBytes); }

Result<Id> BlobSaver::save(Context& context, BlobSealer& sealer, BlobType type,
                           std::string_view plain) {
  const BlobKey key{type, id_of(plain)};
  if (!claim(key)) return key.id;
  TRY(const BlobSealer::Sealed sealed, sealer.seal(key, plain));
  TRY_VOID(add(context, key, sealed, plain.size()));
  return key.id;
}

// Whether the caller is the one who saves it.
bool BlobSaver::claim(const BlobKey& key) {
  const std::lock_guard lock(mutex_);
  return !index_.contains(key) && pending_.insert(key).second;
}

bool BlobSaver::knows(const BlobKey& key) const {
  const std::lock_guard lock(mutex_);
  return index_.contains(key) || pending_.contains(key);
}

std::optional<Index::Found> BlobSaver::find(const BlobKey& key) const {
  const std::lock_guard lock(mutex_);
  return index_.find(key);
}

Result<void> BlobSaver::add(Context& context, const BlobKey& key, const BlobSealer::Sealed& sealed,
                            std::size_t plain_bytes) {
  std::unique_lock lock(mutex_);
  PackBuilder& builder = builders_[static_cast<std::size_t>(key.type)];
  uploaded_.wait(lock, [&] { return !is_full(builder) || uploading_ < kUploads; });
  if (failure_) return *failure_;
  if (is_full(builder)) upload(context, builder);
  builder.add(key, sealed.bytes, plain_bytes, sealed.is_compressed);
  ++(key.type == BlobType::tree ? saved_.tree_blobs : saved_.data_blobs);
  saved_.plain += plain_bytes;
  saved_.packed += sealed.bytes.size();
  // Else it stays full until an upload ends.
  if (is_full(builder) && uploading_ < kUploads) upload(context, builder);
  return {};
}

// Requires: the mutex is held.
void BlobSaver::upload(Context& context, PackBuilder& builder) {
  ++uploading_;
  const auto full = std::make_shared<PackBuilder>(std::exchange(
      builder, PackBuilder(pieces_)));  // shared by the copies that functions make of a task
  uploads_.submit([this, &context, full] {
    auto written = write_pack(context, *full);
    const std::lock_guard lock(mutex_);
    --uploading_;
    if (!written.ok() && !failure_) failure_ = std::move(written).error();
    uploaded_.notify_all();
  });
}

Result<void> BlobSaver::write_pack(Context& context, PackBuilder& builder) {
  Cipher cipher(repository_.key());
  PackBuilder::Pack pack = builder.finish(cipher);
  TRY_VOID(repository_.save_pack(context, pack).within("writing pack " + pack.id.brief()));
  std::vector<PackContents> due;
  {
    const std::lock_guard lock(mutex_);
    unindexed_blobs_ += pack.blobs.size();
    unindexed_.push_back({pack.id, std::move(pack.blobs)});
    if (unindexed_blobs_ < kIndexBlobs) return {};
    unindexed_blobs_ = 0;
    due = std::exchange(unindexed_, {});
  }
  return write_index(context, std::move(due));
}

Result<void> BlobSaver::write_index(Context& context, std::vector<PackContents> packs) {
  if (packs.empty()) return {};
  TRY_VOID(
      repository_.save(context, FileKind::index, index_json(packs)).within("writing an index"));
  const std::lock_guard lock(mutex_);
  for (const PackContents& pack : packs) {
    index_.add(pack);
    for (const PackedBlob& blob : pack.blobs) pending_.erase(blob.key);
  }
  return {};
}

Result<void> BlobSaver::finish(Context& context) {
  {
    std::unique_lock lock(mutex_);
    for (PackBuilder& builder : builders_) {
      if (!builder.is_empty()) upload(context, builder);
    }
    uploaded_.wait(lock, [&] { return uploading_ == 0; });
    if (failure_) return *failure_;
  }
  unindexed_blobs_ = 0;
  return write_index(context, std::exchange(unindexed_, {}));
}

SavedBytes BlobSaver::saved() const {
  const std::lock_guard lock(mutex_);
  return saved_;
}

}  // namespace salvor::repo
