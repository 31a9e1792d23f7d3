// Hands a volume from a claim of ours over to a claim that is still to be made: so a volume is
// filled before anybody who waits for the claim can see it.
//
// The volume's policy becomes Retain, our claim goes, and the volume is kept for the new claim by
// its claimRef. Once the new claim is bound, the volume gets its own policy back. The volume itself
// notes how far this came, so that it goes on after a crash.
#pragma once

#include <optional>
#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "volume/marks.h"

namespace salvor::volume {

const kube::ResourceType& volume_type();

// The name of the volume that is kept for the claim since an earlier try, if there is one.
Result<std::optional<std::string>> handed_volume(Context& context, kube::Api& api,
                                                 const kube::ObjectKey& to, const Mark& mark);

// Keeps the volume of a claim of ours for another claim, whatever becomes of ours; its name.
// Requires: `from` is bound.
Result<std::string> keep_volume(Context& context, kube::Api& api, const kube::ObjectKey& from,
                                const kube::ObjectKey& to, const Mark& mark);

// Removes our claim, and gives the volume that was kept to the other one. Requires: no pod, ended
// ones included, names our claim any more: it would not go.
Result<void> hand_over(Context& context, kube::Api& api, const std::string& volume,
                       const kube::ObjectKey& from, const kube::ObjectKey& to);

// Gives the volume of a bound claim its own policy back. One that was not handed over stays as it
// is.
Result<void> settle_handed(Context& context, kube::Api& api, const kube::ObjectKey& claim);

// Lets go of volumes that were handed over to claims that are not there and will not be made any
// more: they are deleted, or kept, as their class says.
Result<void> let_go_of_handed(Context& context, kube::Api& api, const Mark& mark);

}  // namespace salvor::volume
