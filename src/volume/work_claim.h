// Claims of our own, in the movers' namespace, through which a mover reaches a volume.
#pragma once

#include <cstdint>
#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "volume/movers.h"

namespace salvor::volume {

// A claim like this one under our name: the same class, modes and size, no volume and no source.
Json work_claim_like(const Json& claim, const std::string& name, const MoverPlace& place,
                     const Mark& mark);

struct SnapshotClaim {
  std::string name;           // of the claim and of the VolumeSnapshot
  std::string storage_class;  // "": the default one
  std::uint64_t size_bytes = 0;
};
// A claim that is filled from a VolumeSnapshot of the same name.
Json work_claim_from_snapshot(const SnapshotClaim& claim, const MoverPlace& place,
                              const Mark& mark);

}  // namespace salvor::volume
