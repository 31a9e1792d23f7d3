#include "restore/undo_plan.h"

#include <gtest/gtest.h>

namespace salvor::restore {
namespace {

class UndoPlanTest : public ::testing::Test {
 protected:
  Step& add(const std::string& name, Wave wave, Reason reason, Action action = Action::create) {
    Step step;
    step.number = static_cast<StepNumber>(done_.steps.size());
    step.source = {"x", "", name};
    step.wave = wave;
    step.action = action;
    done_.steps.push_back(step);
    outcomes_.emplace_back();
    outcomes_.back().reason = reason;
    return done_.steps.back();
  }
  std::vector<std::string> undone() {
    const UndoPlan undo = make_undo_plan(done_, outcomes_, journaled_);
    std::vector<std::string> lines;
    for (const Step& step : undo.plan.steps) {
      EXPECT_EQ(step.number, lines.size());
      EXPECT_EQ(done_.steps[undo.originals[step.number]].source, step.source);
      std::string line = std::string(to_string(step.action)) + " " + step.source.name;
      for (const StepNumber need : step.needs)
        line += " after " + std::string(to_string(undo.plan.steps[need].action)) + " " +
                undo.plan.steps[need].source.name;
      lines.push_back(line);
    }
    return lines;
  }

  Plan done_;
  std::vector<Outcome> outcomes_;
  std::set<StepNumber> journaled_;
};

using Lines = std::vector<std::string>;

TEST_F(UndoPlanTest, RemovesInTheOppositeOrderAndContainersLast) {
  add("widgets", Wave::definitions, Reason::created);
  add("shop", Wave::namespaces, Reason::created);
  add("settings", Wave::access, Reason::created);
  add("web", Wave::workloads, Reason::created);

  EXPECT_EQ(undone(), (Lines{"REMOVE web", "REMOVE settings", "REMOVE shop", "REMOVE widgets"}));
}

TEST_F(UndoPlanTest, HasNoStepForWhatWasLeftAlone) {
  add("there", Wave::access, Reason::exists);
  add("same", Wave::access, Reason::unchanged, Action::replace);
  add("pod", Wave::workloads, Reason::controlled, Action::none);

  EXPECT_EQ(undone(), Lines());
}

TEST_F(UndoPlanTest, LooksAtWhatMayHaveBeenMadeAllTheSame) {
  add("lost", Wave::access, Reason::unknown_outcome);
  add("open", Wave::access, Reason::planned);

  EXPECT_EQ(undone(), (Lines{"REMOVE open", "REMOVE lost"}));
}

TEST_F(UndoPlanTest, PutsBackWhatWasChangedAfterAllRemovals) {
  add("account", Wave::limits, Reason::merged, Action::merge);
  add("settings", Wave::access, Reason::replaced, Action::replace);
  add("new", Wave::access, Reason::created);
  journaled_ = {0, 1};

  EXPECT_EQ(undone(), (Lines{"REMOVE new", "PUT_BACK account", "PUT_BACK settings"}));
}

TEST_F(UndoPlanTest, RemovesWhatWasMadeAnewBeforeItPutsTheOldBackOwnersFirst) {
  add("owner", Wave::access, Reason::recreated, Action::recreate);
  Step& owned = add("owned", Wave::access, Reason::recreated, Action::recreate);
  owned.owners.push_back({OwnerLink::How::step, 0, 0});
  journaled_ = {0, 1};

  EXPECT_EQ(undone(), (Lines{"REMOVE owned", "REMOVE owner", "PUT_BACK owner",
                             "PUT_BACK owned after PUT_BACK owner"}));
}

// A patch that did as well left the object that was there, which is patched back.
TEST_F(UndoPlanTest, RemovesNothingThatWasOnlyChanged) {
  add("settings", Wave::access, Reason::replaced, Action::recreate);
  journaled_ = {0};

  EXPECT_EQ(undone(), Lines{"PUT_BACK settings"});
}

}  // namespace
}  // namespace salvor::restore
