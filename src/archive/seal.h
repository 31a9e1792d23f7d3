// What is known of the objects of a recovery point, kept with it: where they are, and how a reader
// tells that they are what was written.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"

namespace salvor::archive {

struct ArchiveSeal {
  std::string name;              // of the backup in an object store, in Velero's layout
  std::string sha256;            // of its tarball as stored, hex
  std::uint64_t size_bytes = 0;  // of the tarball as stored, or what a snapshot's files took
  std::uint64_t items = 0;
  // The snapshot of a repository that has the objects instead of a tarball. Its id is the hash that
  // all of it hangs on. name and sha256 are empty then.
  std::string snapshot = {};

  // Whether anything is known of them.
  bool is_there() const { return !name.empty() || !snapshot.empty(); }
  // For people: "archive NAME" or "snapshot 1a2b3c4d".
  std::string describe() const {
    return snapshot.empty() ? "archive " + name : "snapshot " + snapshot.substr(0, 8);
  }
};

// Of a document whose member "archive" it is; what that lacks is empty.
ArchiveSeal seal_in(const Json& document);
Json to_json(const ArchiveSeal& seal);

}  // namespace salvor::archive
