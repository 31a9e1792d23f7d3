// The lease of a job: who runs it, fenced by an epoch that grows with each new holder, so that one
// who lost it cannot write any more. It stands in the job's own document.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "catalog/catalog.h"

namespace salvor::jobs {

struct Lease {
  std::string holder;
  std::uint64_t epoch = 0;
  EpochSeconds expires = 0;
};

// An empty holder when the document has none.
Lease lease_in(const Json& job);
Json to_json(const Lease& lease);

// Whether leases of other holders count before they expire. An embedded server is the only worker
// of its catalog, so what an earlier process held is void at once.
enum class Others { count, are_void };

bool may_take(const Json& job, const std::string& holder, EpochSeconds now, Others others);

// Aborts a transaction with cancelled unless the job's lease is still this one.
catalog::Require still_held(const std::string& job_id, const Lease& lease);

}  // namespace salvor::jobs
