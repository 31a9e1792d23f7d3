// Which columns show a resource.
#pragma once

#include <vector>

#include "cli/kinds.h"

namespace salvor::cli {

// The declared columns of a resource, or for one that has no row: its name, its state and up to
// three more of its indexed fields. An id (wide only) and an age are always last.
std::vector<KindColumn> columns_for(const schema::Resource& resource);

}  // namespace salvor::cli
