// How far a restore's movers are: the rows of kubepvcprogress, one for each claim that is filled
// from a copy, and the job's kube_copy_progress. For people; nothing is decided by it.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "restore/outcome.h"
#include "restore/plan.h"
#include "volume/transfer.h"

namespace salvor::restore {

class VolumeProgress {
 public:
  // The job and the plan must outlive it.
  VolumeProgress(jobs::JobRun& run, const Plan& plan);

  // Finds the rows that an earlier run made.
  Result<void> find(Context& context, catalog::Catalog& catalog);
  // The same, and makes those that are missing. Nothing is written for a plan without such claims.
  Result<void> begin(catalog::Catalog& catalog);
  // What has become of a step's volume; written at once when its state changes, else no more often
  // than that. Any thread; its error says that the job is another's.
  Result<void> note(StepNumber step, volume::Transfer transfer, Duration report_every);
  // Writes the last state of all with the job's end. Requires: nobody notes any more.
  void close(const std::vector<Outcome>& outcomes, jobs::JobEnd& end);

 private:
  struct Volume {
    StepNumber step = 0;
    std::string row = {};  // its id; "" before it is made
    volume::Transfer transfer = {};
    EpochSeconds start_time = 0;
    EpochSeconds end_time = 0;
  };

  Json row_for(const Volume& volume) const;
  Json sum() const;

  jobs::JobRun& run_;
  const Plan& plan_;
  std::mutex mutex_;
  std::vector<Volume> volumes_;
  std::map<StepNumber, std::size_t> by_step_;
  SteadyTime next_report_{};
};

}  // namespace salvor::restore
