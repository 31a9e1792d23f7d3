// One step under way: what is to be written, and what came of it so far. Of the Actor's files
// alone.
#pragma once

#include <string>
#include <vector>

#include "restore/actor.h"

namespace salvor::restore {

// How a warning about a field that is dropped begins.
inline constexpr std::string_view kUnknownField = "unknown field";

inline constexpr std::string_view kMadeAgain =
    "was made again by somebody else while it was made anew";

struct Actor::Attempt {
  const Step& step;
  const Rule& rule;
  Json object;
  std::vector<std::string> notes;
  Outcome outcome;
  SteadyTime give_up_at{};
  std::chrono::milliseconds pause = kFirstPause;
  bool addresses_dropped = false;
  std::vector<std::string> warnings = {};  // of the last write
  Json original = {};                      // in the backup, for a merge
  Json status = {};                        // to be written apart; null: none
  bool is_remembered = false;              // that was an earlier run, if it came so far
  std::string missing_data = {};           // of a claim; "": nothing
  Json removed = {};                       // what was there, once it is deleted to be made anew

  kube::ObjectKey key() const { return {step.target_namespace, step.target_name}; }
  void end(Reason reason, std::string message) {
    outcome.reason = reason;
    outcome.message = std::move(message);
    outcome.put_off = PutOff::no;
  }
  // Whether the last write was; a gateway's answer is not the API server's.
  bool is_answered() const { return outcome.http_status > 0 && outcome.http_status < 500; }
  void end_made() { end_written(removed.is_null() ? Reason::created : Reason::recreated); }
  // Fields that the API server does not know are lost, whatever it answers; the rest is advice.
  void end_written(Reason reason) {
    bool is_whole = true;
    for (const std::string& warning : warnings) {
      if (warning.starts_with(kUnknownField)) is_whole = false;
      notes.push_back("the API server warns: " + warning);
    }
    end(is_whole ? reason : Reason::fields_dropped, message_of(notes));
  }
};

}  // namespace salvor::restore
