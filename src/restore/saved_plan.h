// What a restore's job keeps of what its plan was made from, in its internal field `plan`: enough
// to go on after a crash, or to take the restore back, even when definition or cluster have
// changed.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/options.h"
#include "restore/render.h"
#include "restore/request.h"

namespace salvor::restore {

Json saved_plan(const Request& request, const RenderContext& render);

// Requires: `saved` came from saved_plan(), or is null.
Request request_in(const Json& saved);
// Requires: `saved` came from saved_plan().
RenderContext render_context_in(const Json& saved, const Options& options);

// Under which name a restore's job writes to the cluster: an object whose managed fields have it
// was made by that job.
std::string restore_manager(const std::string& job);

}  // namespace salvor::restore
