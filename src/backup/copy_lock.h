// A copy in an object store that locks: nobody can remove it before its retention ends.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "volume/copy_access.h"

namespace salvor::backup {

// Locks an archive, and snapshots with all that they need, until then. Requires access.protect.
// Nothing is locked for less than it is already: made again it does what is left.
Result<void> lock_copy(Context& context, const volume::CopyAccess& access,
                       const std::string& archive_name, const std::vector<std::string>& snapshots,
                       EpochSeconds until);

}  // namespace salvor::backup
