// Looks whether one snapshot can be restored: reads and opens every blob that it needs, as a
// restore would, and writes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "repo/repository.h"

namespace salvor::repo {

struct SnapshotCheck {
  std::uint64_t blobs = 0;        // that were opened and are what their names say
  std::uint64_t bytes = 0;        // of them, plain
  std::uint64_t total_bytes = 0;  // of all that it needs
  std::size_t problem_count = 0;
  std::vector<std::string> problems;  // the first 20: "pack 1a2b3c4d: …", "/folder/file: …"
};

// Told after each part that was read; an error ends the check and comes back.
using SnapshotCheckSink = std::function<Result<void>(const SnapshotCheck&)>;

// What is damaged or gone is a problem. Fails when it is stopped, or when the store cannot answer:
// then nothing is known of the snapshot. `index`: of the whole repository.
Result<SnapshotCheck> check_snapshot(Context& context, const Repository& repository,
                                     const Index& index, const Id& snapshot,
                                     const SnapshotCheckSink& sink);

// Whether a failure says that what is stored is gone or changed, and not that it cannot be reached.
bool tells_damage(const Error& failure);

}  // namespace salvor::repo
