#include "jobs/lease.h"

namespace salvor::jobs {

Lease lease_in(const Json& job) {
  const Json& lease = member(job, "lease");
  if (!lease.is_object()) return {};
  return {text_at(lease, "holder"), lease.value("epoch", std::uint64_t{0}),
          lease.value("expires", EpochSeconds{0})};
}

Json to_json(const Lease& lease) {
  return {{"holder", lease.holder}, {"epoch", lease.epoch}, {"expires", lease.expires}};
}

bool may_take(const Json& job, const std::string& holder, EpochSeconds now, Others others) {
  const Lease lease = lease_in(job);
  if (lease.holder.empty() || lease.expires < now) return true;
  return lease.holder != holder && others == Others::are_void;
}

catalog::Require still_held(const std::string& job_id, const Lease& lease) {
  return {"jobs", job_id, [lease](const Json* job) -> Result<void> {
            const Lease stored = job == nullptr ? Lease{} : lease_in(*job);
            if (stored.holder == lease.holder && stored.epoch == lease.epoch) return {};
            return error(ErrorCode::cancelled, "the job's lease was lost").with("lease", "lost");
          }};
}

}  // namespace salvor::jobs
