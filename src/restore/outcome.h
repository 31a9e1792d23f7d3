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

// Whether a step that was refused is to be tried again: once something else was done, or as time
// goes by.
enum class PutOff : std::uint8_t { no, until_change, until_later };

struct Outcome {
  Reason reason = Reason::planned;
  int http_status = 0;         // of the last answer; 0 when nothing was asked
  std::string message;         // for people; may be empty
  std::string uid;             // of the object in the target, when it is there
  std::uint32_t attempts = 0;  // writes sent
  EpochSeconds start_time = 0;
  EpochSeconds end_time = 0;
  bool is_fenced = false;  // waits for its release at the end
  // Else the reason is what it comes to when it is given up; never of an outcome that is noted.
  PutOff put_off = PutOff::no;

  bool is_open() const { return reason == Reason::planned; }
  // The object is in the target: ours or one that was there.
  bool is_there() const {
    const ReasonClass kind = row_of(reason).kind;
    return kind == ReasonClass::done || kind == ReasonClass::partial || kind == ReasonClass::kept;
  }
  // The object in the target is the one that this restore made.
  bool is_made() const {
    return reason == Reason::created || reason == Reason::recreated ||
           reason == Reason::fields_dropped || reason == Reason::status_left ||
           reason == Reason::volume_empty;
  }
};

}  // namespace salvor::restore
