// What people see of a recovery point without opening it: its namespaces and volume claims, as rows
// of the catalog. Collected while the objects stream by. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "catalog/catalog.h"
#include "volume/snapshot_taker.h"

namespace salvor::backup {

// Grows with the claims, volumes and namespaces of a backup, a few hundred bytes each. One thread.
class Inventory {
 public:
  // Whether objects of the type are shown; others are not even parsed.
  static bool wants(const std::string& group_resource);
  void add(const std::string& group_resource, const Json& object);

  // The rows, for a recovery point of a cluster.
  std::vector<catalog::Change> rows(const std::string& cluster_id,
                                    const std::string& recovery_point_id) const;
  // The claims that have a volume, with its driver.
  std::vector<volume::ClaimToTake> bound_claims() const;
  void note_snapshot(const volume::ClaimToTake& claim, const volume::TakenSnapshot& taken);
  std::uint64_t volumes() const { return volumes_.size(); }
  // Bytes of all claims.
  std::uint64_t claimed_bytes() const;

 private:
  struct Claim {
    Json row;  // what the claim itself says
    std::string class_name;
    std::string volume_name;
    std::string provisioner;
    std::uint64_t size = 0;
  };
  struct Volume {
    std::string type;  // "CSI", or the plugin's name such as "nfs"
    std::string driver;
    std::string handle;
    std::string zone;
    std::string region;
  };
  void add_claim(const Json& object);
  void add_volume(const Json& object);
  Json claim_row(const Claim& claim) const;
  std::string csi_driver_of(const Claim& claim) const;

  std::map<std::string, std::string> namespaces_;    // name -> uid
  std::map<std::string, std::string> provisioners_;  // storage class -> provisioner
  std::map<std::string, Volume> volumes_;
  std::vector<Claim> claims_;
};

}  // namespace salvor::backup
