// Namespaces of our own in which a job tries something out, with no way in or out for what runs
// there, and their removal with all that came of it.
#pragma once

#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "volume/marks.h"
#include "volume/movers.h"

namespace salvor::volume {

const kube::ResourceType& namespace_type();

// How the names of a job's sandboxes begin. What does not begin so is never removed as a sandbox,
// whatever labels it has: a restore of a backup that has a sandbox in it brings labels back.
std::string sandbox_prefix(const std::string& job_id);
// The sandbox of a job for a namespace of that name: at most 63 characters, one for each.
std::string sandbox_name(const std::string& job_id, const std::string& namespace_name);

// Makes the namespace, or finds it there from before, and in it a NetworkPolicy that lets nothing
// in or out. Pods there may not use their node's network, files or privileges (the level "baseline"
// of pod security). Fails with conflict when a namespace of that name is not the job's.
Result<void> ensure_sandbox(Context& context, kube::Api& api, const std::string& name,
                            const Mark& mark);

// Removes the sandboxes of a job, the volumes that were made for their claims, whatever their class
// keeps, and what the job's movers and snapshots left; waits until all of it is gone. Fails with
// unavailable, naming what is left, when it is not gone in time; asked again, it goes on.
Result<void> remove_sandboxes(Context& context, kube::Api& api, const MoverPlace& movers,
                              const std::string& job_id, Duration gone_within);

}  // namespace salvor::volume
