// What came of one step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "restore/reason.h"

namespace salvor::restore {

// "1 item", "2 items".
std::string counted(std::size_t number, const std::string& noun);
// Notes as one message.
std::string message_of(const std::vector<std::string>& notes);

struct Outcome {
  Reason reason = Reason::planned;
  int http_status = 0;         // of the last answer; 0 when nothing was asked
  std::string message;         // for people; may be empty
  std::string uid;             // of the object in the target, when it is there
  std::uint32_t attempts = 0;  // writes sent
  EpochSeconds start_time = 0;
  EpochSeconds end_time = 0;
  bool is_fenced = false;  // waits for its release at the end

  bool is_open() const { return reason == Reason::planned; }
  // The object is in the target: ours or one that was there.
  bool is_there() const {
    const ReasonClass kind = row_of(reason).kind;
    return kind == ReasonClass::done || kind == ReasonClass::partial || kind == ReasonClass::kept;
  }
  // The object in the target is the one that this restore made.
  bool is_made() const {
    return reason == Reason::created || reason == Reason::recreated ||
           reason == Reason::fields_dropped;
  }
};

}  // namespace salvor::restore
