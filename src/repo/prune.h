// Removes from a repository what no snapshot needs.
// Source: restic's doc/design.rst, "Prune". Requires an exclusive lock: a writer that has not named
// its packs yet would lose them.
#pragma once

#include <cstdint>

#include "base/context.h"
#include "base/result.h"
#include "repo/progress.h"
#include "repo/repository.h"

namespace salvor::repo {

struct PruneOptions {
  // Share of what remains that may be unused: packs are only written anew while there is more.
  double max_unused = 0.05;
  Progress* progress = nullptr;  // counts the bytes that are written anew
};

struct Pruned {
  std::size_t packs_removed = 0;
  std::size_t packs_rewritten = 0;
  std::uint64_t bytes_removed = 0;
  std::uint64_t bytes_unused = 0;  // that remain
  std::size_t packs_locked = 0;    // that are of no or little use, and must stay for now
};

// New packs and their index come first, old indexes go next, old packs last: wherever it is ended,
// all that snapshots need is there and named. What the store has locked stays, and so do the packs
// that a locked index names; a later prune takes them. Fails with corrupt, and removes nothing,
// when something that a snapshot needs is missing or damaged.
Result<Pruned> prune(Context& context, const Repository& repository,
                     const PruneOptions& options = {});

}  // namespace salvor::repo
