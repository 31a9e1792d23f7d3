#include "archive/reader.h"

#include <functional>
#include <unordered_set>

#include "archive/gzip.h"
#include "archive/head.h"
#include "archive/internal/hash.h"
#include "archive/internal/tar.h"
#include "archive/layout.h"

namespace salvor::archive {
namespace {

using internal::TarParser;
using internal::TarWish;

Error corrupt(const std::string& message) { return error(ErrorCode::corrupt, message); }

// Takes the tarball's bytes as they come and gives out its items.
class ItemStream {
 public:
  ItemStream(const ItemSinks& sinks, const ReadLimits& limits)
      : sinks_(sinks),
        limits_(limits),
        tar_({limits.item_bytes, limits.unpacked_bytes},
             {[this](const std::string& path) { return begin(path); },
              [this](const std::string& path, std::string_view content) {
                return file(path, content);
              }}) {}
  ItemStream(const ItemStream&) = delete;
  ItemStream& operator=(const ItemStream&) = delete;

  Result<void> feed(std::string_view bytes) {
    return inflater_.feed(bytes, [this](std::string_view plain) { return tar_.feed(plain); });
  }
  Result<void> finish() const {
    TRY_VOID(inflater_.finish());
    return tar_.finish();
  }
  std::uint64_t items() const { return items_; }

 private:
  Result<TarWish> begin(const std::string& path);
  Result<void> file(const std::string& path, std::string_view content);
  Result<void> check_version(std::string_view content) const;

  const ItemSinks& sinks_;
  ReadLimits limits_;
  Inflater inflater_;
  TarParser tar_;
  ItemName item_;  // of the file that comes
  std::uint64_t items_ = 0;
  std::uint64_t copies_ = 0;               // in other versions
  std::unordered_set<std::size_t> names_;  // hashes of the paths seen, against a second coming
};

Result<TarWish> ItemStream::begin(const std::string& path) {
  TRY(std::optional<ItemName> item, parse_item_path(path));
  if (path == kVersionFile) return TarWish::read;
  if (!item) return TarWish::skip;
  const bool is_first = item->version.empty();
  if (!is_first && !sinks_.versions) return TarWish::skip;
  if (++(is_first ? items_ : copies_) > limits_.items) {
    return corrupt("backup has more than " + std::to_string(limits_.items) + " objects");
  }
  if (!names_.insert(std::hash<std::string>()(path)).second) {
    return corrupt("backup has \"" + path + "\" twice");
  }
  item_ = *std::move(item);
  return TarWish::read;
}

Result<void> ItemStream::file(const std::string& path, std::string_view content) {
  if (path == kVersionFile) return check_version(content);
  const Result<ObjectHead> head = read_head(content);
  if (!head.ok()) return corrupt("\"" + path + "\" is not a JSON object");
  if (!item_.version.empty()) return sinks_.versions(item_, content);
  item_.version = head->version();
  return sinks_.items(item_, content);
}

// Format 1 has only the first copies, 1.1.0 both; what a later major version does is not known.
Result<void> ItemStream::check_version(std::string_view content) const {
  if (content == "1" || content == "1\n" || content.substr(0, 2) == "1.") return {};
  return error(ErrorCode::invalid, "backup has format version \"" +
                                       std::string(content.substr(0, 20)) +
                                       "\", and only versions 1 to 1.x can be read");
}

Result<void> check_seal(const ArchiveSeal& seal, const std::string& sha256,
                        std::uint64_t size_bytes, std::uint64_t items) {
  if (seal.sha256.empty()) return {};
  const bool is_whole =
      seal.sha256 == sha256 && seal.size_bytes == size_bytes && seal.items == items;
  if (is_whole) return {};
  return corrupt("backup " + seal.name + " is not what was written: " + std::to_string(size_bytes) +
                 " bytes and " + std::to_string(items) + " objects instead of " +
                 std::to_string(seal.size_bytes) + " and " + std::to_string(seal.items) +
                 ", or changed content")
      .with_hint("restore from another recovery point and check the storage");
}

}  // namespace

Result<void> read_items(Context& context, objectstore::Store& store, const ArchiveSeal& seal,
                        const ItemSinks& sinks, const ReadLimits& limits) {
  const std::string reading = "reading backup " + seal.name;
  TRY_VOID(store.stat(context, description_object(seal.name)).within(reading));
  ItemStream stream(sinks, limits);
  internal::Sha256 hash;
  std::uint64_t size_bytes = 0;
  const auto take = [&](std::string_view bytes) -> Result<void> {
    hash.update(bytes);
    size_bytes += bytes.size();
    return stream.feed(bytes);
  };
  TRY_VOID(store.get(context, tarball_object(seal.name), take).within(reading));
  TRY_VOID(stream.finish().within(reading));
  return check_seal(seal, hash.finish(), size_bytes, stream.items());
}

Result<void> read_items_from(std::string_view tarball, const ItemSinks& sinks,
                             const ReadLimits& limits) {
  ItemStream stream(sinks, limits);
  TRY_VOID(stream.feed(tarball));
  return stream.finish();
}

}  // namespace salvor::archive
