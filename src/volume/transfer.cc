#include "volume/transfer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace salvor::volume {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"PENDING", "ACTIVE", "COMPLETED", "FAILED",
                                                     "SKIPPED"};

std::uint64_t number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

Json stats_of(const MoverProgress& moved) {
  return {{"estimated_size", moved.total_bytes},
          {"estimated_number_of_files", moved.total_files},
          {"io_size", moved.bytes},
          {"io_number_of_files", moved.files},
          {"transferred_size", moved.transferred_bytes},
          {"transferred_number_of_files", moved.files}};
}

}  // namespace

Json transfer_fields(const Transfer& transfer) {
  return {{"state", kStates[static_cast<std::size_t>(transfer.state)]},
          {"message", transfer.message},
          {"stats", stats_of(transfer.moved)}};
}

Transfer transfer_in(const Json& row) {
  const auto* const state = std::find(kStates.begin(), kStates.end(), text_at(row, "state"));
  const Json& stats = member(row, "stats");
  Transfer transfer;
  if (state != kStates.end()) transfer.state = static_cast<TransferState>(state - kStates.begin());
  transfer.moved = {number_at(stats, "io_number_of_files"), number_at(stats, "io_size"),
                    number_at(stats, "estimated_number_of_files"),
                    number_at(stats, "estimated_size"), number_at(stats, "transferred_size")};
  transfer.message = text_at(row, "message");
  return transfer;
}

Json sum_of(const std::vector<Transfer>& transfers) {
  std::array<std::size_t, kStates.size()> counts{};
  MoverProgress sum;
  for (const Transfer& transfer : transfers) {
    const MoverProgress& moved = transfer.moved;
    ++counts[static_cast<std::size_t>(transfer.state)];
    sum.files += moved.files;
    sum.bytes += moved.bytes;
    sum.total_files += std::max(moved.total_files, moved.files);
    sum.total_bytes += std::max(moved.total_bytes, moved.bytes);
    sum.transferred_bytes += moved.transferred_bytes;
  }
  const auto count = [&](TransferState state) { return counts[static_cast<std::size_t>(state)]; };
  return {{"total_pvs", transfers.size() - count(TransferState::skipped)},
          {"pending_pvs", count(TransferState::pending)},
          {"active_pvs", count(TransferState::active)},
          {"completed_pvs", count(TransferState::completed)},
          {"failed_pvs", count(TransferState::failed)},
          {"stats", stats_of(sum)}};
}

std::string problems_of(std::uint64_t count, const std::vector<std::string>& first,
                        std::string_view what) {
  std::string text = std::to_string(count) + (count == 1 ? " file " : " files ");
  text += what;
  for (const std::string& problem : first) text += "; " + problem;
  return text;
}

}  // namespace salvor::volume
