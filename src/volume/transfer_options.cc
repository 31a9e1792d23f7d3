#include "volume/transfer_options.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/time_span.h"

namespace salvor::volume {
namespace {

// Movers tell how far they are as often.
constexpr std::chrono::seconds kReportEveryMin{2};

// 0 when it is absent; what is beyond its type is its type's end.
template <typename Number = unsigned>
Number number_at(const Json& options, const char* name) {
  const Json& value = member(options, name);
  if (!value.is_number_integer() || value < 0) return 0;
  return static_cast<Number>(
      std::min<std::uint64_t>(value.get<std::uint64_t>(), std::numeric_limits<Number>::max()));
}

Result<std::optional<Duration>> span_at(const Json& options, const char* name) {
  const auto span = parse_time_span(text_at(options, name));
  if (!span) {
    return error(ErrorCode::invalid, std::string("options.") + name + " is not a time span")
        .with_hint("write it as 90s, 20m or 1h30m");
  }
  return span->count() > 0 ? std::optional<Duration>(*span) : std::nullopt;
}

// So many files of all volumes at once are shared out; fewer than volumes let fewer volumes go.
void share_out(unsigned total_threads, TransferOptions& options) {
  if (total_threads == 0) return;
  options.volumes_at_once = std::min(options.volumes_at_once, total_threads);
  const unsigned share = total_threads / options.volumes_at_once;
  options.threads = options.threads == 0 ? share : std::min(options.threads, share);
}

}  // namespace

MoverPlace TransferOptions::in(MoverPlace place) const {
  if (memory_mib > 0) place.memory_limit = std::to_string(memory_mib) + "Mi";
  if (ready_within) place.ready_within = place.hopeless_within = *ready_within;
  return place;
}

Json TransferOptions::limits() const {
  return {{"upload_bytes_per_second", upload_bytes_per_second},
          {"download_bytes_per_second", download_bytes_per_second},
          {"threads", threads}};
}

Result<TransferOptions> read_transfer_options(const Json& options, unsigned volumes_at_once) {
  TransferOptions read;
  const auto wanted = number_at(options, "pvc_parallelism");
  read.volumes_at_once = wanted > 0 ? wanted : volumes_at_once;
  read.threads = number_at(options, "pvc_file_parallelism");
  share_out(number_at(options, "total_file_parallelism"), read);
  read.upload_bytes_per_second = number_at<std::uint64_t>(options, "upload_speed_limit");
  read.download_bytes_per_second = number_at<std::uint64_t>(options, "download_speed_limit");
  read.memory_mib = number_at(options, "mover_memory_limit");
  TRY(read.ready_within, span_at(options, "mover_ready_timeout"));
  TRY(const auto report_every, span_at(options, "report_interval"));
  if (report_every) read.report_every = std::max<Duration>(*report_every, kReportEveryMin);
  return read;
}

}  // namespace salvor::volume
