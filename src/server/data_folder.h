// The server's data folder: held by one process at a time, with the key that seals secrets.
//
//   lock           flock()ed while a server runs
//   seal.key       32 random bytes, mode 0600
//   admin.key      the first API key, mode 0600
//   evidence.key   what signs evidence, made at the first need, mode 0600
//   catalog.db     the catalog
//   store/         the backups, as an object store
//   scratch/       unpacked backups while restores run; emptied at each start
#pragma once

#include <string>

#include "base/result.h"
#include "base/signing_key.h"

namespace salvor::server {

class DataFolder {
 public:
  // Makes the folder and what is missing in it. Fails with conflict when another process holds it,
  // with denied or exhausted when it cannot be made.
  static Result<DataFolder> open(const std::string& path);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  std::string catalog_file() const { return path_ + "/catalog.db"; }
  std::string store_folder() const { return path_ + "/store"; }
  std::string scratch_folder() const { return path_ + "/scratch"; }
  std::string evidence_key_file() const { return path_ + "/evidence.key"; }
  std::string admin_key_file() const { return path_ + "/admin.key"; }
  const std::string& seal_key() const { return seal_key_; }
  // What opens the repositories of copies: the first line of repository.password, which is also a
  // password file of restic.
  const std::string& repository_password() const { return repository_password_; }

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
  std::string seal_key_;
  std::string repository_password_;
};

// The key in a file, which is made when there is none. Not by two threads at once.
Result<SigningKey> load_or_make_signing_key(const std::string& path);

}  // namespace salvor::server
