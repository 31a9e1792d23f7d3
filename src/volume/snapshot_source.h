// Makes a snapshot of a storage something that a claim can be filled from, in any cluster that
// reaches the storage: a content that names its handle, and a VolumeSnapshot bound to it. Both are
// only there until the claim is bound; the snapshot itself is never deleted with them.
#pragma once

#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "volume/snapshot_removal.h"

namespace salvor::volume {

struct SourcePatience {
  Duration ready_within{std::chrono::minutes(2)};
  // After the storage has said that it failed: it may try again meanwhile.
  Duration after_an_error{std::chrono::seconds(20)};
};

// Makes the VolumeSnapshot `as`, marked, and waits until it can be used. Fails with unavailable
// when it cannot, saying what the storage said.
Result<void> offer_snapshot(Context& context, kube::Api& api, const StoredSnapshot& snapshot,
                            const kube::ObjectKey& as, const Mark& mark,
                            const SourcePatience& patience);

// Waits until a claim is bound. Fails with unavailable when it is not in time, with the last event
// that says why.
Result<void> wait_until_bound(Context& context, kube::Api& api, const kube::ObjectKey& claim,
                              Duration bound_within);

// Removes the marked offers of a job whose claims are bound. Those of claims that still wait for
// their first pod stay. Returns how many stay.
Result<std::size_t> withdraw_used(Context& context, kube::Api& api, const Mark& mark);

}  // namespace salvor::volume
