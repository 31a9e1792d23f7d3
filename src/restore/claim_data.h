// Where the data of a claim comes from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "catalog/catalog.h"
#include "restore/item.h"
#include "volume/snapshot_removal.h"

namespace salvor::restore {

// Of a claim that had a volume when the backup was taken, and whose data was asked for.
struct ClaimData {
  volume::StoredSnapshot snapshot;  // no handle: the recovery point has none of it
  std::uint64_t size_bytes = 0;     // what a volume made from it needs

  bool is_there() const { return !snapshot.handle.empty(); }
};

// By claim, as "namespace/name".
using ClaimsData = std::map<std::string, ClaimData>;

// What the catalog says of a recovery point's claims; empty when the backup was told to take no
// volumes.
Result<ClaimsData> load_claims_data(Context& context, catalog::Catalog& catalog, const Json& point);

// Tells the claims among the items of their data.
void attach(const ClaimsData& claims, std::vector<Item>& items);

Json to_json(const ClaimData& data);
ClaimData claim_data_in(const Json& document);

}  // namespace salvor::restore
