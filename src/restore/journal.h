// What was there before a restore changed or deleted it: for an undo, and for a later run that
// finds an object deleted and not yet made anew. Kept sealed, since Secrets are among it.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/seal.h"
#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "restore/plan.h"

namespace salvor::restore {

// The REST resource of its entries.
inline constexpr const char* kJournal = "kuberestorejournal";

// The entries of one restore job. Any thread may call.
class Journal {
 public:
  // Reads which steps have an entry already.
  static Result<Journal> open(Context& context, catalog::Catalog& catalog, const Sealer& sealer,
                              const std::string& job);

  // Durable, and fenced by the job's lease, when it returns; in place of an older entry.
  Result<void> keep(jobs::JobRun& run, const Step& step, const Json& prior) const;
  // The steps that had an entry when it was opened.
  const std::set<StepNumber>& steps() const { return steps_; }
  // The object as it was. Requires: the step is one of steps(). Fails with corrupt or not_found.
  Result<Json> prior(Context& context, StepNumber step) const;

 private:
  Journal(catalog::Catalog& catalog, const Sealer& sealer, std::string job)
      : catalog_(&catalog), sealer_(&sealer), job_(std::move(job)) {}

  catalog::Catalog* catalog_;
  const Sealer* sealer_;
  std::string job_;
  std::set<StepNumber> steps_;
};

}  // namespace salvor::restore
