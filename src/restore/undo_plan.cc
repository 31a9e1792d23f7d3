#include "restore/undo_plan.h"

#include <algorithm>
#include <map>

namespace salvor::restore {
namespace {

// Waves of an undo, as numbers after each other.
constexpr int kWaves = static_cast<int>(Wave::pruning);
constexpr int kContainers = 2 * kWaves;  // namespaces and definitions go at the very end

bool holds_others(const Step& step) {
  return step.wave == Wave::namespaces || step.wave == Wave::definitions;
}

Wave removal_wave(const Step& step) {
  const int reversed = kWaves + 1 - static_cast<int>(step.wave);
  return static_cast<Wave>(holds_others(step) ? kContainers + reversed : reversed);
}

Wave return_wave(const Step& step) {
  return static_cast<Wave>(kWaves + static_cast<int>(step.wave));
}

// A step that failed may have been done all the same: its answer was lost, or its note.
bool may_be_made(const Outcome& outcome) {
  const ReasonClass kind = row_of(outcome.reason).kind;
  return outcome.is_made() || kind == ReasonClass::failed || kind == ReasonClass::open;
}

class UndoPlanner {
 public:
  UndoPlanner(const Plan& done, const std::vector<Outcome>& outcomes,
              const std::set<StepNumber>& journaled)
      : done_(done), outcomes_(outcomes), journaled_(journaled) {}

  UndoPlan run() {
    for (auto step = done_.steps.rbegin(); step != done_.steps.rend(); ++step) {
      if (step->action != Action::none && is_removed(*step)) add_removal(*step);
    }
    for (const Step& step : done_.steps) {
      if (journaled_.contains(step.number)) add_return(step);
    }
    sort();
    return std::move(made_);
  }

 private:
  bool is_removed(const Step& step) const {
    const Outcome& outcome = outcomes_[step.number];
    if (!may_be_made(outcome)) return false;
    // A change that failed left the object that was there.
    if (step.action == Action::prune) return false;
    return !journaled_.contains(step.number) || step.action == Action::recreate;
  }

  void add_removal(const Step& step) { add(step, Action::remove, removal_wave(step)); }

  void add_return(const Step& step) {
    Step& added = add(step, Action::put_back, return_wave(step));
    for (const OwnerLink& link : step.owners) {
      const auto owner = returns_.find(link.owner);
      if (link.how == OwnerLink::How::step && owner != returns_.end())
        added.needs.push_back(owner->second);
    }
    returns_[step.number] = added.number;
  }

  Step& add(const Step& step, Action action, Wave wave) {
    Step undo = step;
    undo.number = static_cast<StepNumber>(made_.plan.steps.size());
    undo.action = action;
    undo.wave = wave;
    undo.reason = Reason::planned;
    undo.message.clear();
    undo.needs.clear();
    undo.owners.clear();
    made_.plan.steps.push_back(std::move(undo));
    made_.originals.push_back(step.number);
    return made_.plan.steps.back();
  }

  void sort() {
    std::vector<StepNumber> order(made_.originals.size());
    for (StepNumber i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](StepNumber a, StepNumber b) {
      return made_.plan.steps[a].wave < made_.plan.steps[b].wave;
    });
    std::vector<StepNumber> place(order.size());
    for (StepNumber i = 0; i < order.size(); ++i) place[order[i]] = i;
    UndoPlan sorted;
    for (const StepNumber old : order) {
      Step step = std::move(made_.plan.steps[old]);
      step.number = place[old];
      for (StepNumber& need : step.needs) need = place[need];
      sorted.plan.steps.push_back(std::move(step));
      sorted.originals.push_back(made_.originals[old]);
    }
    made_ = std::move(sorted);
  }

  const Plan& done_;
  const std::vector<Outcome>& outcomes_;
  const std::set<StepNumber>& journaled_;
  UndoPlan made_;
  std::map<StepNumber, StepNumber> returns_;  // the restore's step -> the undo's, before sorting
};

}  // namespace

UndoPlan make_undo_plan(const Plan& done, const std::vector<Outcome>& outcomes,
                        const std::set<StepNumber>& journaled) {
  return UndoPlanner(done, outcomes, journaled).run();
}

std::string_view why_undone(Action action) {
  if (action == Action::remove) return "the restore made it";
  return action == Action::put_back ? "the restore changed or replaced it" : "";
}

}  // namespace salvor::restore
