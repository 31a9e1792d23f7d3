#include "archive/reader.h"

#include "archive/gzip.h"
#include "archive/internal/hash.h"
#include "archive/internal/item_files.h"
#include "archive/internal/tar.h"
#include "archive/layout.h"

namespace salvor::archive {
namespace {

using internal::ItemFiles;
using internal::TarParser;
using internal::TarWish;

// Takes a tarball's bytes as they come and gives out its files.
class TarballStream {
 public:
  TarballStream(const FileTaker& taker, const ReadLimits& limits)
      : taker_(taker),
        tar_({limits.item_bytes, limits.unpacked_bytes},
             {[this](const std::string& path) { return begin(path); }, taker.take}) {}
  TarballStream(const TarballStream&) = delete;
  TarballStream& operator=(const TarballStream&) = delete;

  Result<void> feed(std::string_view bytes) {
    return inflater_.feed(bytes, [this](std::string_view plain) { return tar_.feed(plain); });
  }
  Result<void> finish() const {
    TRY_VOID(inflater_.finish());
    return tar_.finish();
  }

 private:
  Result<TarWish> begin(const std::string& path) {
    TRY(const bool is_wanted, taker_.wants(path));
    return is_wanted ? TarWish::read : TarWish::skip;
  }

  const FileTaker& taker_;
  Inflater inflater_;
  TarParser tar_;
};

Error other_than_written(const ArchiveSeal& seal, const std::string& found) {
  return error(ErrorCode::corrupt, seal.describe() + " is not what was written: " + found)
      .with_hint("restore from another recovery point and check the storage");
}

// Hands the tarball's files to the taker and checks its bytes against the seal.
Result<void> read_tarball(Context& context, objectstore::Store& store, const ArchiveSeal& seal,
                          const FileTaker& taker, const ItemFiles& items,
                          const ReadLimits& limits) {
  const std::string reading = "reading backup " + seal.name;
  TRY_VOID(store.stat(context, description_object(seal.name)).within(reading));
  TarballStream stream(taker, limits);
  internal::Sha256 hash;
  std::uint64_t size_bytes = 0;
  const auto take = [&](std::string_view bytes) -> Result<void> {
    hash.update(bytes);
    size_bytes += bytes.size();
    return stream.feed(bytes);
  };
  TRY_VOID(store.get(context, tarball_object(seal.name), take).within(reading));
  TRY_VOID(stream.finish().within(reading));
  if (seal.sha256.empty()) return {};
  const bool is_whole =
      seal.sha256 == hash.finish() && seal.size_bytes == size_bytes && seal.items == items.items();
  if (is_whole) return {};
  return other_than_written(seal, std::to_string(size_bytes) + " bytes and " +
                                      std::to_string(items.items()) + " objects instead of " +
                                      std::to_string(seal.size_bytes) + " and " +
                                      std::to_string(seal.items) + ", or changed content");
}

FileTaker taker_of(ItemFiles& items) {
  return {
      [&](const std::string& path) { return items.wants(path); },
      [&](const std::string& path, std::string_view content) { return items.take(path, content); }};
}

Result<void> read_snapshot(Context& context, const Source& source, const ArchiveSeal& seal,
                           ItemFiles& items) {
  if (!source.read_snapshot) {
    return error(ErrorCode::invalid, "the objects are in a repository that is not at hand");
  }
  TRY_VOID(source.read_snapshot(context, seal.snapshot, taker_of(items))
               .within("reading " + seal.describe()));
  if (items.items() == seal.items) return {};
  return other_than_written(
      seal, std::to_string(items.items()) + " objects instead of " + std::to_string(seal.items));
}

}  // namespace

Result<void> read_items(Context& context, const Source& source, const ArchiveSeal& seal,
                        const ItemSinks& sinks, const ReadLimits& limits) {
  ItemFiles items(sinks, limits);
  if (!seal.snapshot.empty()) return read_snapshot(context, source, seal, items);
  return read_tarball(context, source.store, seal, taker_of(items), items, limits);
}

Result<void> read_files(Context& context, objectstore::Store& store, const ArchiveSeal& seal,
                        const FileSink& sink, const ReadLimits& limits) {
  const auto ignore = [](const ItemName&, std::string_view) { return Result<void>(); };
  const ItemSinks nobody{ignore, ignore};
  ItemFiles items(nobody, limits);
  const FileTaker all{[&](const std::string& path) -> Result<bool> {
                        TRY_VOID(items.wants(path));
                        return true;
                      },
                      sink};
  return read_tarball(context, store, seal, all, items, limits);
}

Result<void> read_items_from(std::string_view tarball, const ItemSinks& sinks,
                             const ReadLimits& limits) {
  ItemFiles items(sinks, limits);
  const FileTaker taker = taker_of(items);
  TarballStream stream(taker, limits);
  TRY_VOID(stream.feed(tarball));
  return stream.finish();
}

}  // namespace salvor::archive
