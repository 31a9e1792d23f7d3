// Takes away what stands for snapshots in a cluster, with the snapshots in their storage or without
// them.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "volume/marks.h"

namespace salvor::volume {

// A snapshot as its storage knows it.
struct StoredSnapshot {
  std::string driver;
  std::string handle;
  auto operator<=>(const StoredSnapshot&) const = default;
};

// What becomes of the snapshot in the storage.
enum class Fate { deleted, kept };

// Removes all VolumeSnapshots and contents that carry the mark, and waits until they are gone.
// Fails with unavailable when they are not gone in time, saying what their storage said. A cluster
// without the snapshot API has none.
Result<void> remove_marked(Context& context, kube::Api& api, const Mark& mark, Fate fate,
                           Duration gone_within);

// The same with fate deleted, and also for snapshots that have lost the content that stood for
// them: it is made once more, marked, for the storage to be told.
Result<void> remove_snapshots(Context& context, kube::Api& api, const Mark& mark,
                              const std::vector<StoredSnapshot>& snapshots, Duration gone_within);

// Removes one content; it is gone a moment later.
Result<void> remove_content(Context& context, kube::Api& api, const std::string& name, Fate fate);

// Removes a VolumeSnapshot that was given up, and what may still become of it.
Result<void> give_up_snapshot(Context& context, kube::Api& api, const Json& snapshot);

}  // namespace salvor::volume
