// Jobs as the API makes them: a document in state PENDING, which the job engine then finds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "schema/filter.h"

namespace salvor::api {

// The job's document with its declared defaults; `fields` are the members beside name, type, state
// and start time. `start_time` is also in the name, as in "kubecluster-1602277544".
Json new_job(std::string_view type, std::string_view name_start, EpochSeconds start_time,
             const Json& fields);

// Jobs that are not over and match `which`.
schema::Filter active_jobs(schema::Filter which);

// The value to start a new job of a definition with: now, but later than its last one.
EpochSeconds next_start_time(EpochSeconds now, const Json& definition);

// The name of a cluster, "" when there is none of this id.
Result<std::string> cluster_name(Context& context, catalog::Catalog& catalog,
                                 const std::string& id);

// Whether a recovery point can be restored from or copied.
bool is_ready(const Json& recovery_point);
// Aborts the transaction of a new job when the recovery point that it needs is not READY any more.
catalog::Require still_ready(const std::string& recovery_point);

}  // namespace salvor::api
