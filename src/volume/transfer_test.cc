#include "volume/transfer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::volume {
namespace {

TEST(Transfer, IsInItsRowAsItWas) {
  const Transfer transfer{TransferState::failed, {1, 2, 3, 4, 5}, "no route"};

  const Transfer read = transfer_in(transfer_fields(transfer));

  EXPECT_EQ(transfer_fields(read), transfer_fields(transfer));
  EXPECT_EQ(read.moved.transferred_bytes, 5U);
  EXPECT_EQ(transfer_fields(transfer)["state"], "FAILED");
}

TEST(Transfer, OfARowThatSaysNothingIsPending) {
  EXPECT_EQ(transfer_in(Json::object()).state, TransferState::pending);
  EXPECT_EQ(transfer_in({{"state", "ELSE"}, {"stats", 3}}).state, TransferState::pending);
}

TEST(Transfers, AreSummedUp) {
  const Json sum = sum_of({{TransferState::completed, {2, 20, 2, 20, 15}, ""},
                           {TransferState::active, {1, 5, 3, 30, 5}, ""},
                           {TransferState::skipped, {}, ""},
                           {TransferState::pending, {}, ""}});

  EXPECT_EQ(sum["total_pvs"], 3);
  EXPECT_EQ(sum["completed_pvs"], 1);
  EXPECT_EQ(sum["active_pvs"], 1);
  EXPECT_EQ(sum["pending_pvs"], 1);
  EXPECT_EQ(sum["failed_pvs"], 0);
  EXPECT_EQ(sum["stats"]["io_size"], 25);
  EXPECT_EQ(sum["stats"]["estimated_size"], 50);
}

TEST(MoverProblems, AreCountedAndNamed) {
  EXPECT_EQ(problems_of(1, {"a: b"}, "could not be read"), "1 file could not be read; a: b");
  EXPECT_EQ(problems_of(9, {}, "are gone"), "9 files are gone");
}

}  // namespace
}  // namespace salvor::volume
