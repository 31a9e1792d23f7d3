#include "backup/copy_rows.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::backup {
namespace {

using volume::TransferState;

Json claim_row() {
  return {{"namespace_name", "shop"},    {"name", "data"},   {"driver", "disk.csi.example"},
          {"snapshot_handle", "snap-1"}, {"phase", "Bound"}, {"pv_name", "pv-1"}};
}

CopiedClaim copied_without(std::uint64_t files) {
  CopiedClaim copied;
  copied.transfer.state = TransferState::completed;
  copied.snapshot_id = "a-copy";
  copied.missing_files = files;
  if (files > 0) copied.first_missing = {"a: Permission denied"};
  return copied;
}

TEST(ClaimToCopy, SaysWhyItCannotBeCopied) {
  EXPECT_EQ(claim_to_copy(claim_row()).obstacle, "");
  Json block = claim_row();
  block["volume_mode"] = "Block";
  EXPECT_EQ(claim_to_copy(block).obstacle, "volumes of mode Block cannot be copied yet");
  Json bare = claim_row();
  bare.erase("snapshot_handle");
  EXPECT_EQ(claim_to_copy(bare).obstacle, "the recovery point has no snapshot of it");
}

TEST(CopiedClaim, IsReadFromItsRowAsItWas) {
  const CopiedClaim copied = copied_without(2);

  const CopiedClaim read =
      copied_in(progress_row(claim_to_copy(claim_row()), copied, "job"), Failed::is_tried_again);

  EXPECT_EQ(read.transfer.state, TransferState::completed);
  EXPECT_EQ(read.snapshot_id, "a-copy");
  EXPECT_EQ(read.missing_files, 2U);
  EXPECT_EQ(read.first_missing, copied.first_missing);
}

TEST(CopiedClaim, ThatHasNotEndedIsCopiedAgain) {
  CopiedClaim active = copied_without(0);
  active.transfer.state = TransferState::active;

  const CopiedClaim read =
      copied_in(progress_row(claim_to_copy(claim_row()), active, "job"), Failed::stays_failed);

  EXPECT_EQ(read.transfer.state, TransferState::pending);
  EXPECT_EQ(read.snapshot_id, "");
}

TEST(CopiedClaim, ThatFailedIsCopiedAgainUnlessTheCopyIsSaidToLackIt) {
  CopiedClaim failed;
  failed.transfer.state = TransferState::failed;
  failed.transfer.message = "no room";
  const Json row = progress_row(claim_to_copy(claim_row()), failed, "job");

  EXPECT_EQ(copied_in(row, Failed::is_tried_again).transfer.state, TransferState::pending);
  EXPECT_EQ(copied_in(row, Failed::stays_failed).transfer.state, TransferState::failed);
  EXPECT_EQ(copied_in(row, Failed::stays_failed).transfer.message, "no room");
}

TEST(CopiedClaim, NamesWhatItLacks) {
  const CopiedClaim whole = copied_without(0);
  const CopiedClaim torn = copied_without(2);

  EXPECT_FALSE(copied_claim_row(claim_row(), "point", &whole).contains("num_missing_files"));
  const Json row = copied_claim_row(claim_row(), "point", &torn);
  EXPECT_EQ(row["num_missing_files"], 2);
  EXPECT_EQ(row["missing_files"], Json::array({"a: Permission denied"}));
  EXPECT_EQ(row["snapshot_taken"], true);
  EXPECT_EQ(copied_claim_row(claim_row(), "point", nullptr)["snapshot_taken"], false);
}

}  // namespace
}  // namespace salvor::backup
