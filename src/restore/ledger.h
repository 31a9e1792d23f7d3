// The ledger: one row of kuberestoreitems for each item of a plan. The rows are the saved plan, the
// journal of what was done, and the report, all in one, so none can say what the others do not.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "restore/execute.h"
#include "restore/outcome.h"
#include "restore/plan.h"

namespace salvor::restore {

// The REST resource of the rows.
inline constexpr const char* kItems = "kuberestoreitems";

struct LedgerIds {
  std::string job;
  std::string restore;  // "": of a job that carries its definition
  std::string cluster;
};

struct Ledger {
  std::vector<std::string> row_ids;  // by step number
  std::vector<Outcome> outcomes;     // by step number
  Plan plan;                         // its namespaces are kept with the job, not in the rows
};

// What a row says of the step itself, in a plan that is shown and in a restore's report alike.
Json step_fields(const Step& step);

// One row's stored fields.
Json row(const Step& step, const Outcome& outcome, const LedgerIds& ids);

// Writes the rows of a fresh plan, some at a time, in place of those that an earlier run left when
// it died among them. The plan counts as saved only with what the caller commits after it. Sets
// ledger.row_ids and ledger.outcomes.
Result<void> insert_rows(jobs::JobRun& run, Ledger& ledger, const LedgerIds& ids);

// Plan and outcomes back from the rows of a job; no steps when it has none.
Result<Ledger> load_ledger(Context& context, catalog::Catalog& catalog, const std::string& job_id);

// The last changes of a job's rows: those that are open or fenced, the former as cancelled.
std::vector<catalog::Change> close_rows(jobs::JobRun& run, const Ledger& ledger,
                                        std::vector<Outcome> outcomes, const LedgerIds& ids);

// How the job stands, from the rows alone.
struct Counts {
  std::size_t total = 0, open = 0, done = 0, partial = 0, kept = 0, skipped = 0, failed = 0;
};
Counts count(const std::vector<Outcome>& outcomes);
jobs::Outcome end_of(const Counts& counts, bool is_cancelled);

// Writes outcomes to the rows, many at a time: a crash loses the last few, which the next run finds
// by the field manager of this job. One thread at a time.
class LedgerSink final : public OutcomeSink {
 public:
  LedgerSink(jobs::JobRun& run, const Ledger& ledger, LedgerIds ids);

  Result<void> note(const Step& step, const Outcome& outcome) override;
  Result<void> flush() override;

 private:
  jobs::JobRun& run_;
  const Ledger& ledger_;
  const LedgerIds ids_;
  std::vector<catalog::Change> waiting_;
  Counts counts_;
  SteadyTime flushed_;
};

}  // namespace salvor::restore
