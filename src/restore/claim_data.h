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
  volume::StoredSnapshot snapshot = {};  // its handle is "" when there is none
  std::string copy = {};                 // a snapshot of the repository; "" when there is none
  std::uint64_t size_bytes = 0;          // what a volume made from it needs
  std::string missing = {};              // what of it the copy lacks, for people; "" when nothing

  bool has_snapshot() const { return !snapshot.handle.empty(); }
  bool has_copy() const { return !copy.empty(); }
  bool is_there() const { return has_snapshot() || has_copy(); }
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
