// Copies a backup's folder from one store into another, under another name.
#pragma once

#include <string>

#include "archive/writer.h"
#include "base/context.h"
#include "objectstore/store.h"

namespace salvor::archive {

// The copy is there, as a backup, only when all of it is: its description comes last. What an
// earlier try left of it is kept or made anew. Returns its seal. Fails with corrupt when the
// tarball is not what its seal says.
Result<ArchiveSeal> duplicate(Context& context, objectstore::Store& from, const ArchiveSeal& seal,
                              objectstore::Store& to, const std::string& name);

}  // namespace salvor::archive
