// Reads all objects of a recovery point, and holds them against their seal and against what the
// catalog says of the recovery point.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/reader.h"
#include "base/context.h"
#include "base/result.h"
#include "proof/archive_contents.h"

namespace salvor::proof {

struct ArchiveLook {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;  // of the archive as stored
  std::vector<Problem> problems;
};

// Fails when the store cannot be reached: then nothing is known of the objects.
Result<ArchiveLook> look_at_archive(Context& context, const archive::Source& source,
                                    const archive::ArchiveSeal& seal, const Listed& listed);

}  // namespace salvor::proof
