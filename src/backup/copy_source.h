// What a run of a copy works with: its definition, and the recovery point that it copies.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "backup/job.h"
#include "base/json.h"

namespace salvor::backup {

struct CopyDefinition {
  Json copy;                 // the kubeoffloads document
  Json cluster;              // the kubeclusters document
  std::string object_store;  // its id
};

// Fails with invalid when neither names an object store.
Result<CopyDefinition> load_copy_definition(const Ports& ports, jobs::JobRun& run);

// The id of the recovery point that the job names, of a snapshot that it takes first when it is
// told to, else of the definition's newest. It is noted in the job: what an earlier run chose stays
// chosen. Fails with not_found when there is none.
Result<std::string> choose_copy_source(const Ports& ports, jobs::JobRun& run,
                                       const CopyDefinition& definition);

// A document of the catalog with its `_id`.
Result<Json> load_document(Context& context, catalog::Catalog& catalog, const std::string& resource,
                           const std::string& id);

}  // namespace salvor::backup
