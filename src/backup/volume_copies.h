// Copies the volumes of a recovery point into a repository: for each snapshot a claim made from it,
// and a mover that saves what is in it. Several at once; each is noted when it has ended, so that a
// job that died goes on with those that are left.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "volume/copy_access.h"
#include "volume/movers.h"
#include "volume/snapshot_removal.h"
#include "volume/transfer.h"
#include "volume/transfer_options.h"

namespace salvor::backup {

// One claim of the recovery point that is copied.
struct ClaimToCopy {
  std::string namespace_name = {};
  std::string name = {};
  volume::StoredSnapshot snapshot = {};
  std::string storage_class = {};
  std::uint64_t size_bytes = 0;
  std::string obstacle = {};  // why it cannot be copied; "" when it can
};

struct CopiedClaim {
  volume::Transfer transfer = {};
  std::string snapshot_id = {};  // in the repository
  // Files that could not be read: they are missing in it, or are not whole. A claim with such files
  // is copied, too.
  std::uint64_t missing_files = 0;
  std::vector<std::string> first_missing = {};  // of them, each with its reason

  bool is_whole() const {
    return transfer.state == volume::TransferState::completed && missing_files == 0;
  }
};

struct CopyTask {
  std::string job_id;
  std::string point_id;      // of the copy
  std::string cluster_name;  // the snapshots' host
  const std::vector<ClaimToCopy>& claims;
  const volume::CopyAccess& access;
  const volume::MoverPlace& place;
  const volume::TransferOptions& options;
};

// Told, by one thread at a time, what has become of claim `index`; its error ends the copying.
using OnCopied = std::function<Result<void>(std::size_t index, const CopiedClaim& claim)>;

// Fills in what `copied` lacks: those that are completed already are left. An error means that the
// job is stopped or cannot be noted; what movers there are goes on, and is found again.
Result<void> copy_volumes(Context& context, kube::Api& api, const CopyTask& task,
                          std::vector<CopiedClaim>& copied, const OnCopied& on_copied);

}  // namespace salvor::backup
