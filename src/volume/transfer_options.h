// What definitions of copies and restores say of moving volumes' data: the field `options`.
#pragma once

#include <cstdint>
#include <optional>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "volume/movers.h"

namespace salvor::volume {

struct TransferOptions {
  unsigned volumes_at_once = 0;
  unsigned threads = 0;                         // of a mover; 0: its own choice
  std::uint64_t upload_bytes_per_second = 0;    // of a mover; 0: no limit
  std::uint64_t download_bytes_per_second = 0;  // the same
  unsigned memory_mib = 0;                      // of a mover; 0: as its place says
  std::optional<Duration> ready_within = {};    // as its place says if absent
  Duration report_every{std::chrono::seconds(2)};

  // The place with what the options say of it.
  MoverPlace in(MoverPlace place) const;
  // Of a mover's order.
  Json limits() const;
};

// `volumes_at_once`: when the options do not say. Fails with invalid, naming the field.
Result<TransferOptions> read_transfer_options(const Json& options, unsigned volumes_at_once);

}  // namespace salvor::volume
