// A repository in the restic format, version 2, in an object store: its keys, its files, and the
// order in which they must be written. Version 1 is read as well.
// Source: restic's doc/design.rst. What is read is foreign bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "objectstore/store.h"
#include "repo/chunker.h"
#include "repo/cipher.h"
#include "repo/index.h"
#include "repo/key_file.h"
#include "repo/pack.h"

namespace salvor::repo {

// Files besides packs and keys: sealed JSON, named by the hash of their stored bytes.
enum class FileKind { index, snapshot, lock };

// Where a repository is. Borrows the store.
struct Place {
  objectstore::Store& store;
  std::string prefix;  // of all names: "" or ends in '/'
};

// Whether the first key that opens the repository is enough. All: those that have its password and
// do not open it are removed; they are of makers of the repository who came too late.
enum class KeySearch { first, all };

struct StoredFile {
  Id id;
  std::uint64_t size_bytes = 0;
};

struct Config {
  unsigned version = 2;
  std::string id;  // 64 hex digits, random
  Polynomial polynomial = 0;
};

// Packs must be written before the index that names them, and that before the snapshot that needs
// it. Any thread may call.
class Repository {
 public:
  // Fails with conflict when there is one already.
  static Result<Repository> create(Context& context, Place place, const std::string& password,
                                   const KeyOwner& owner, const ScryptCost& cost = {});
  // Fails with not_found when there is none, with denied when no key has that password.
  static Result<Repository> open(Context& context, Place place, const std::string& password);
  // Makes it when there is none. Of several that do so at the same moment one makes it, and all
  // open that. Fails as open() does.
  static Result<Repository> open_or_create(Context& context, Place place,
                                           const std::string& password, const KeyOwner& owner,
                                           const ScryptCost& cost = {});

  const Config& config() const { return config_; }
  const MasterKey& key() const { return key_; }
  // The key file whose password it was opened with.
  const Id& opened_with() const { return opened_with_; }
  objectstore::Store& store() const { return *store_; }

  // By id. Names that are no ids are passed over.
  Result<std::vector<StoredFile>> list(Context& context, FileKind kind) const;
  Result<std::vector<StoredFile>> list_packs(Context& context) const;
  Result<std::vector<StoredFile>> list_keys(Context& context) const;

  // Names of its objects in store(), for what is about those and not about what they hold.
  std::string name_of(FileKind kind, const Id& id) const;
  std::string name_of_pack(const Id& id) const;
  std::string name_of_key(const Id& id) const { return prefix_ + "keys/" + id.hex(); }
  std::string name_of_config() const { return prefix_ + "config"; }

  // The plain text. Fails with not_found; with corrupt when the file is not what its name says.
  Result<std::string> load(Context& context, FileKind kind, const Id& id) const;
  Result<Id> save(Context& context, FileKind kind, std::string_view text) const;
  // Fails with denied for a snapshot that the store has locked.
  Result<void> remove(Context& context, FileKind kind, const Id& id) const;

  // The pack's bytes go as they are written.
  Result<void> save_pack(Context& context, PackBuilder::Pack& pack) const;
  Result<void> remove_pack(Context& context, const Id& id) const;
  Result<std::uint64_t> pack_size(Context& context, const Id& id) const;
  // The part of a pack's stored bytes that begins at `offset`.
  Result<void> read_pack(Context& context, const Id& id, std::uint64_t offset,
                         std::span<char> to) const;
  Result<std::string> read_pack(Context& context, const Id& id, std::uint64_t offset,
                                std::size_t length) const;
  // What a pack's own header says. For repair and check; else the index knows.
  Result<std::vector<PackedBlob>> pack_contents(Context& context, const StoredFile& pack) const;

  Result<Index> load_index(Context& context) const;

  // Another password for the same key.
  Result<Id> add_key(Context& context, const std::string& password, const KeyOwner& owner,
                     const ScryptCost& cost = {}) const;
  Result<void> remove_key(Context& context, const Id& id) const;

 private:
  Repository(Place place, MasterKey key, Config config)
      : store_(&place.store),
        prefix_(std::move(place.prefix)),
        key_(std::move(key)),
        config_(std::move(config)) {}

  static Result<Repository> open_it(Context& context, Place place, const std::string& password,
                                    KeySearch search);
  Result<void> claim(Context& context) const;
  Result<std::vector<StoredFile>> list_in(Context& context, const std::string& folder) const;

  objectstore::Store* store_;
  std::string prefix_;
  MasterKey key_;
  Id opened_with_;
  Config config_;
};

}  // namespace salvor::repo
