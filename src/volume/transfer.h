// How far movers are with the volumes of a job, as clients read it: in the rows of kubepvcprogress
// and in the job's kube_copy_progress. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "volume/movers.h"

namespace salvor::volume {

enum class TransferState { pending, active, completed, failed, skipped };

// Of one volume.
struct Transfer {
  TransferState state = TransferState::pending;
  MoverProgress moved = {};
  std::string message = {};  // for people

  bool has_ended() const {
    return state != TransferState::pending && state != TransferState::active;
  }
};

// The fields of its row, and what they say.
Json transfer_fields(const Transfer& transfer);
Transfer transfer_in(const Json& row);

// The value of kube_copy_progress. Volumes that were skipped do not count.
Json sum_of(const std::vector<Transfer>& transfers);

// "3 files WHAT; a: why; b: why", of what a mover says at its end. Requires: there are problems.
std::string problems_of(std::uint64_t count, const std::vector<std::string>& first,
                        std::string_view what);

}  // namespace salvor::volume
