// Steps that were refused for a reason that may pass: when each is tried again, and when it is
// given up. Steps with one cause (a webhook that is down, a namespace that is being deleted, a
// quota) wait together: one of them tries for all, at growing pauses, and one deadline, which
// begins anew with each progress, holds for all.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "restore/outcome.h"
#include "restore/patience.h"
#include "restore/plan.h"

namespace salvor::restore {

// What a step that was put off waits for: the same text for all that wait for the same.
std::string cause_of(const Step& step, const Outcome& outcome);

// Pure state, which is told the time. One thread at a time.
class Deferrals {
 public:
  explicit Deferrals(const Patience& patience) : patience_(patience) {}

  // Requires: the outcome is put off. Returns whether the step was not waiting already.
  bool add(const Step& step, const Outcome& outcome, SteadyTime now);
  // Any step that ended.
  void note_end(StepNumber step, const Outcome& outcome, SteadyTime now);

  // At most `most` of those that time may have helped.
  std::vector<StepNumber> take_due(SteadyTime now, std::size_t most);
  // At most `most` of those that other steps may have helped. Requires: nothing is under way or
  // could begin.
  std::vector<StepNumber> take_changed(std::size_t most);
  // Those that nothing more will come of, with what they come to. `is_idle`: nothing is under way
  // or could begin.
  std::vector<std::pair<StepNumber, Outcome>> take_hopeless(SteadyTime now, bool is_idle);

  bool is_empty() const { return steps_.empty(); }
  // The API server does not answer at all: there is no sense in beginning anything.
  bool holds_back_all() const;
  // When to look again, while nothing else happens. Requires: not empty.
  SteadyTime next_look() const;

 private:
  struct Waiting {
    std::string cause;
    Outcome outcome;
    std::size_t changes_seen = 0;
    bool is_trying = false;
  };
  struct Cause {
    PutOff kind = PutOff::no;
    std::set<StepNumber> steps;
    SteadyTime since{};  // the last progress
    SteadyTime next_try{};
    Duration pause{};
    bool has_prober = false;
    bool is_released = false;     // one came through: all may try
    Duration without_progress{};  // how long it is waited for
    std::string message;
  };

  Duration patience_with(const Outcome& outcome) const;
  bool waits_for_time() const;
  void leave(StepNumber step, const std::string& cause);
  void hand_out(StepNumber step, std::vector<StepNumber>& due, std::size_t most);

  const Patience patience_;
  std::map<StepNumber, Waiting> steps_;
  std::map<std::string, Cause> causes_;
  std::set<std::string> given_up_;  // causes that were waited for in vain: once is enough
  std::size_t changes_ = 0;         // steps that have changed the cluster
};

}  // namespace salvor::restore
