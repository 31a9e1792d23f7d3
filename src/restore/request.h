// What a restore is made from: its definition and the archive of its recovery point.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "archive/seal.h"
#include "base/context.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "restore/claim_data.h"

namespace salvor::restore {

// Where a recovery point of type COPY is.
struct CopyPlace {
  std::string object_store =
      {};                    // its id; "": the point is of snapshots, in the server's own store
  std::string cluster = {};  // that was backed up
};

// With the plan's own facts it is kept in the job's internal field `plan`, so that a later run does
// the same even when definition or cluster have changed meanwhile.
struct Request {
  Json restore;
  archive::ArchiveSeal seal;
  CopyPlace copies = {};
  ClaimsData claims = {};  // only for the planner: steps keep what they need of it
};

// What a job restores: the definition that its document carries as `restore`, as a job of another
// kind does that restores on its way; else the kuberestores document that it names. Fails with
// invalid when the recovery point is not READY.
Result<Request> load_request(Context& context, catalog::Catalog& catalog, const Json& job);

// A document of the catalog with its `_id`.
Result<Json> load(Context& context, catalog::Catalog& catalog, const std::string& resource,
                  const std::string& id);

}  // namespace salvor::restore
