// Looks whether all that a repository's snapshots need is there and is what it should be.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "repo/progress.h"
#include "repo/repository.h"

namespace salvor::repo {

enum class Severity {
  hint,   // costs room, not data
  error,  // something cannot be restored, or may not be
};

struct Finding {
  Severity severity = Severity::error;
  std::string object;  // "pack 1a2b3c4d", "snapshot 1a2b3c4d: /folder/file"
  std::string message;
};

struct CheckReport {
  std::size_t snapshots = 0;
  std::size_t packs = 0;
  std::size_t blobs = 0;
  std::vector<Finding> findings;

  bool is_good() const;
};

enum class CheckDepth {
  structure,  // indexes, snapshots, trees; that packs are there and have their sizes
  data,       // every byte of every pack, too
};

// Fails only when it is stopped, or when nothing can be listed: what is damaged is a finding.
// Data's bytes are counted in `progress`, if there is one.
Result<CheckReport> check(Context& context, const Repository& repository, CheckDepth depth,
                          Progress* progress = nullptr);

}  // namespace salvor::repo
