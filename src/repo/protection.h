// Locks in a store what snapshots of a repository need, so that nobody can remove it before its
// time, who has all keys included.
#pragma once

#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "repo/repository.h"

namespace salvor::repo {

// Locks the snapshots, the packs that they need, the config and the keys until that time. Indexes
// are locked when they never were, and not again: they can be made anew of the packs, and while one
// is locked prune has to leave all packs that it names. Nothing is locked for longer than it is
// already: made again it does what is left. Requires a shared lock of the repository. Fails with
// corrupt when a snapshot is not whole, with invalid when the store cannot lock objects.
Result<void> protect(Context& context, const Repository& repository,
                     const std::vector<Id>& snapshots, EpochSeconds until);

}  // namespace salvor::repo
