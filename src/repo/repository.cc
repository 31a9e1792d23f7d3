#include "repo/repository.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/random.h"
#include "objectstore/locks.h"
#include "repo/compression.h"

namespace salvor::repo {
namespace {

// Of a file's plain text: an index of ten million blobs.
constexpr std::size_t kFileMax = std::size_t{2} << 30;
constexpr std::size_t kKeyMax = 64 << 10;
constexpr std::size_t kConfigMax = 64 << 10;
constexpr char kCompressedMark = 2;
constexpr int kLevel = 3;

const char* folder_of(FileKind kind) {
  switch (kind) {
    case FileKind::index:
      return "index/";
    case FileKind::snapshot:
      return "snapshots/";
    case FileKind::lock:
      return "locks/";
  }
  return "";
}

Result<void> put(Context& context, objectstore::Store& store, const std::string& name,
                 internal::PieceList& bytes) {
  TRY(const auto upload, store.put(context, name));
  std::string part;
  TRY_VOID(bytes.drain([&](std::string_view piece) {
    part = piece;
    return upload->write(context, part);
  }));
  return upload->finish(context);
}

Result<void> put(Context& context, objectstore::Store& store, const std::string& name,
                 const std::string& bytes) {
  TRY(const auto upload, store.put(context, name));
  TRY_VOID(upload->write(context, bytes));
  return upload->finish(context);
}

// A name that is its content's hash: if it is taken, by the same.
template <typename Bytes>
Result<void> put_hashed(Context& context, objectstore::Store& store, const std::string& name,
                        Bytes& bytes) {
  auto done = put(context, store, name, bytes);
  if (!done.ok() && done.error().code == ErrorCode::conflict) return {};
  return done;
}

Result<std::string> get(Context& context, objectstore::Store& store, const std::string& name,
                        std::size_t most) {
  std::string bytes;
  TRY_VOID(store.get(context, name, [&](std::string_view part) -> Result<void> {
    if (bytes.size() + part.size() > most)
      return error(ErrorCode::exhausted, name + " is larger than it may be");
    bytes += part;
    return {};
  }));
  return bytes;
}

Result<std::string> get_hashed(Context& context, objectstore::Store& store, const std::string& name,
                               const Id& id, std::size_t most) {
  TRY(std::string bytes, get(context, store, name, most));
  if (id_of(bytes) != id)
    return error(ErrorCode::corrupt, name + " is not what its name says: its bytes were changed");
  return bytes;
}

Result<Config> config_from(std::string_view text) {
  auto json = parse_json(text, {.bytes = kConfigMax, .depth = 20});
  const auto damaged = [](const std::string& why) {
    return error(ErrorCode::corrupt, "the repository's config is damaged: " + why);
  };
  if (!json.ok()) return damaged(json.error().message);
  const Json& version = member(*json, "version");
  if (version != 1 && version != 2) {
    return error(ErrorCode::invalid,
                 "the repository has format version " + compact(version) + ", not 1 or 2")
        .with_hint("use a newer program, or one that made it");
  }
  const auto polynomial = parse_polynomial(text_at(*json, "chunker_polynomial"));
  if (!polynomial) return damaged("its chunker_polynomial is not irreducible of degree 53");
  return Config{version.get<unsigned>(), text_at(*json, "id"), *polynomial};
}

std::string json_of(const Config& config) {
  return compact({{"version", config.version},
                  {"id", config.id},
                  {"chunker_polynomial", to_hex(config.polynomial)}});
}

struct OpenedKey {
  Id id;
  MasterKey key;
  std::string config;
};

// What the keys of a password open.
struct OpenedKeys {
  std::optional<OpenedKey> opened{};
  std::vector<Id> strays{};  // they have the password, and do not open the config
  std::optional<Error> damage{};
};

// Each guess costs time and memory on purpose.
Result<OpenedKeys> try_keys(Context& context, const Place& place,
                            const std::vector<StoredFile>& files, const std::string& password,
                            const std::string& sealed_config, KeySearch search) {
  OpenedKeys keys;
  for (const StoredFile& file : files) {
    if (keys.opened && search == KeySearch::first) break;
    TRY_VOID(context.check());
    const std::string name = place.prefix + "keys/" + file.id.hex();
    auto text = get_hashed(context, place.store, name, file.id, kKeyMax);
    auto key = text.ok() ? open_key_file(*text, password) : Result<MasterKey>(text.error());
    if (key.ok()) {
      std::string sealed = sealed_config;
      const auto config = Cipher(*key).open(sealed);
      if (!config.ok()) {
        keys.damage = Error(config.error()).within("opening the repository's config");
        keys.strays.push_back(file.id);
      } else if (!keys.opened) {
        keys.opened = OpenedKey{file.id, *std::move(key), std::string(*config)};
      }
    } else if (key.error().code == ErrorCode::corrupt) {
      keys.damage = std::move(key).error();
    } else if (key.error().code != ErrorCode::denied && key.error().code != ErrorCode::not_found) {
      return std::move(key).error();
    }
  }
  return keys;
}

}  // namespace

Result<Repository> Repository::create(Context& context, Place place, const std::string& password,
                                      const KeyOwner& owner, const ScryptCost& cost) {
  if (password.empty()) return error(ErrorCode::invalid, "the repository's password is empty");
  const auto there = place.store.stat(context, place.prefix + "config");
  if (there.ok()) {
    return error(ErrorCode::conflict, "there is a repository already")
        .with_hint("open it with its password, or choose another place");
  }
  if (there.error().code != ErrorCode::not_found) return there.error();
  MasterKey key = new_master_key();
  const Config config{2, hex(random_bytes(32)), random_polynomial()};
  Repository made(place, key, config);
  TRY(made.opened_with_, made.add_key(context, password, owner, cost));
  TRY_VOID(made.claim(context));
  return made;
}

// The config last: it makes a repository of the rest. What stands there then decides: another may
// have been faster, and a store whose connection broke may not know whose it is.
Result<void> Repository::claim(Context& context) const {
  const std::string name = name_of_config();
  auto written = put(context, *store_, name, Cipher(key_).sealed(json_of(config_)));
  if (!written.ok() && written.error().code != ErrorCode::conflict) return written;
  TRY(std::string there, get(context, *store_, name, kConfigMax));
  if (Cipher(key_).open(there).ok()) return {};
  TRY_VOID(store_->remove(context, name_of_key(opened_with_)));
  return error(ErrorCode::conflict, "another has made a repository there at the same time")
      .with_hint("open it with its password, or choose another place");
}

Result<Repository> Repository::open(Context& context, Place place, const std::string& password) {
  return open_it(context, place, password, KeySearch::first);
}

Result<Repository> Repository::open_or_create(Context& context, Place place,
                                              const std::string& password, const KeyOwner& owner,
                                              const ScryptCost& cost) {
  auto opened = open_it(context, place, password, KeySearch::all);
  if (opened.ok() || opened.error().code != ErrorCode::not_found) return opened;
  auto made = create(context, place, password, owner, cost);
  if (made.ok() || made.error().code != ErrorCode::conflict) return made;
  return open_it(context, place, password, KeySearch::all);
}

Result<Repository> Repository::open_it(Context& context, Place place, const std::string& password,
                                       KeySearch search) {
  auto sealed = get(context, place.store, place.prefix + "config", kConfigMax);
  if (!sealed.ok() && sealed.error().code == ErrorCode::not_found) {
    return error(ErrorCode::not_found, "there is no repository")
        .with_hint("make one, or look at the place's name");
  }
  if (!sealed.ok()) return std::move(sealed).error();
  Repository repository(place, {}, {});
  TRY(const auto files, repository.list_keys(context));
  TRY(OpenedKeys keys, try_keys(context, place, files, password, *sealed, search));
  if (!keys.opened && keys.damage) return *std::move(keys.damage);
  if (!keys.opened) {
    return error(ErrorCode::denied, "the password opens none of the repository's keys")
        .with_hint("use the password of one of the repository's keys");
  }
  repository.key_ = std::move(keys.opened->key);
  repository.opened_with_ = keys.opened->id;
  TRY(repository.config_, config_from(keys.opened->config));
  // Of makers that died before they saw that they were late: restic would take them for good.
  for (const Id& stray : keys.strays) {
    if (search == KeySearch::all)
      TRY_VOID(place.store.remove(context, place.prefix + "keys/" + stray.hex()));
  }
  return repository;
}

std::string Repository::name_of(FileKind kind, const Id& id) const {
  return prefix_ + folder_of(kind) + id.hex();
}

std::string Repository::name_of_pack(const Id& id) const {
  const std::string name = id.hex();
  return prefix_ + "data/" + name.substr(0, 2) + "/" + name;
}

Result<std::vector<StoredFile>> Repository::list(Context& context, FileKind kind) const {
  return list_in(context, folder_of(kind));
}

Result<std::vector<StoredFile>> Repository::list_packs(Context& context) const {
  return list_in(context, "data/");
}

Result<std::vector<StoredFile>> Repository::list_keys(Context& context) const {
  return list_in(context, "keys/");
}

Result<std::vector<StoredFile>> Repository::list_in(Context& context,
                                                    const std::string& folder) const {
  TRY(const auto objects, store_->list(context, prefix_ + folder));
  std::vector<StoredFile> files;
  for (const objectstore::ObjectInfo& object : objects) {
    const auto id = parse_id(std::string_view(object.name).substr(object.name.rfind('/') + 1));
    if (id) files.push_back({*id, object.size_bytes});
  }
  std::sort(files.begin(), files.end(),
            [](const StoredFile& a, const StoredFile& b) { return a.id < b.id; });
  return files;
}

Result<std::string> Repository::load(Context& context, FileKind kind, const Id& id) const {
  const std::string name = name_of(kind, id);
  TRY(std::string sealed, get_hashed(context, *store_, name, id, kFileMax));
  Cipher cipher(key_);
  TRY(const std::string_view plain, cipher.open(sealed).within("opening " + name));
  const char first = plain.empty() ? '\0' : plain.front();
  if (first == '{' || first == '[') return std::string(plain);
  if (first != kCompressedMark)
    return error(ErrorCode::corrupt, name + " begins with neither JSON nor the mark of zstd");
  return Decompressor().decompress_at_most(plain.substr(1), kFileMax).within("opening " + name);
}

Result<Id> Repository::save(Context& context, FileKind kind, std::string_view text) const {
  std::string plain;
  if (config_.version > 1) {
    plain = kCompressedMark + Compressor(kLevel).compressed(text);
    text = plain;
  }
  const std::string sealed = Cipher(key_).sealed(text);
  const Id id = id_of(sealed);
  TRY_VOID(put_hashed(context, *store_, name_of(kind, id), sealed));
  return id;
}

Result<void> Repository::remove(Context& context, FileKind kind, const Id& id) const {
  const std::string name = name_of(kind, id);
  if (kind == FileKind::snapshot) TRY_VOID(objectstore::expect_unlocked(context, *store_, name));
  return store_->remove(context, name);
}

Result<void> Repository::save_pack(Context& context, PackBuilder::Pack& pack) const {
  return put_hashed(context, *store_, name_of_pack(pack.id), pack.bytes);
}

Result<void> Repository::remove_pack(Context& context, const Id& id) const {
  return store_->remove(context, name_of_pack(id));
}

Result<std::uint64_t> Repository::pack_size(Context& context, const Id& id) const {
  TRY(const objectstore::ObjectInfo info, store_->stat(context, name_of_pack(id)));
  return info.size_bytes;
}

Result<std::string> Repository::read_pack(Context& context, const Id& id, std::uint64_t offset,
                                          std::size_t length) const {
  std::string bytes(length, '\0');
  TRY_VOID(read_pack(context, id, offset, bytes));
  return bytes;
}

Result<void> Repository::read_pack(Context& context, const Id& id, std::uint64_t offset,
                                   std::span<char> to) const {
  return store_->read(context, name_of_pack(id), offset, to);
}

Result<std::vector<PackedBlob>> Repository::pack_contents(Context& context,
                                                          const StoredFile& pack) const {
  const std::string doing = "reading the header of pack " + pack.id.brief();
  const std::size_t end = std::min<std::uint64_t>(pack.size_bytes, kHeaderLengthBytes);
  TRY(const std::string last, read_pack(context, pack.id, pack.size_bytes - end, end));
  TRY(const std::size_t length, header_length(last, pack.size_bytes).within(doing));
  TRY(std::string sealed,
      read_pack(context, pack.id, pack.size_bytes - kHeaderLengthBytes - length, length));
  Cipher cipher(key_);
  return read_header(sealed, pack.size_bytes, cipher).within(doing);
}

Result<Index> Repository::load_index(Context& context) const {
  Index index;
  TRY(const auto files, list(context, FileKind::index));
  for (const StoredFile& file : files) {
    TRY_VOID(context.check());
    TRY(std::string text, load(context, FileKind::index, file.id));
    TRY_VOID(read_index(std::move(text), [&](const PackContents& pack) -> Result<void> {
               index.add(pack);
               return {};
             }).within("reading index " + file.id.brief()));
  }
  return index;
}

Result<Id> Repository::add_key(Context& context, const std::string& password, const KeyOwner& owner,
                               const ScryptCost& cost) const {
  if (password.empty()) return error(ErrorCode::invalid, "the new password is empty");
  const std::string text = make_key_file(key_, password, owner, context.clock.wall_seconds(), cost);
  const Id id = id_of(text);
  TRY_VOID(put_hashed(context, *store_, name_of_key(id), text));
  return id;
}

Result<void> Repository::remove_key(Context& context, const Id& id) const {
  TRY(const auto keys, list_keys(context));
  if (keys.size() < 2) {
    return error(ErrorCode::invalid, "this is the repository's only key")
        .with_hint("add another password first");
  }
  TRY_VOID(objectstore::expect_unlocked(context, *store_, name_of_key(id)));
  return store_->remove(context, name_of_key(id));
}

}  // namespace salvor::repo
