// Packs of a backup that died before it named them: its work need not be done again.
#pragma once

#include "base/context.h"
#include "base/result.h"
#include "repo/index.h"
#include "repo/repository.h"

namespace salvor::repo {

// Names in an index all packs that none names yet, by what their headers say, and adds them to
// `index`. How many there were. One whose header is damaged is left for check and prune. Requires:
// a lock, as others' prune removes such packs.
Result<std::size_t> name_leftovers(Context& context, const Repository& repository, Index& index);

}  // namespace salvor::repo
