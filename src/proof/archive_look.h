// Reads a recovery point's archive whole, and holds it against its seal and against what the
// catalog says of the recovery point.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/writer.h"
#include "base/context.h"
#include "base/result.h"
#include "objectstore/store.h"
#include "proof/archive_contents.h"

namespace salvor::proof {

struct ArchiveLook {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;  // of the archive as stored
  std::vector<Problem> problems;
};

// Fails when the store cannot be reached: then nothing is known of the archive.
Result<ArchiveLook> look_at_archive(Context& context, objectstore::Store& store,
                                    const archive::ArchiveSeal& seal, const Listed& listed);

}  // namespace salvor::proof
