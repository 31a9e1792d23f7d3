// The plan of a restore: what will be done with each chosen item, in which order, and why. Made by
// a pure function from the backup's inventory, the cluster's facts and the options; saved, shown
// and executed as it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "kube/api.h"
#include "restore/claim_data.h"
#include "restore/facts.h"
#include "restore/item.h"
#include "restore/options.h"
#include "restore/outcome.h"
#include "restore/reason.h"
#include "restore/rules.h"

namespace salvor::restore {

using StepNumber = std::uint32_t;

enum class Action {
  create,      // make it; one that exists is left alone
  create_new,  // make it; one that exists fails the item
  merge,       // make it, or add what the one that exists lacks
  replace,     // make it, or make the one that exists equal
  recreate,    // the same; where a field cannot be changed, delete it and make it anew
  prune,       // delete it: the backup has none of that name
  remove,      // of an undo: delete what the restore made
  put_back,    // of an undo: make it what it was
  copy,        // the one of that name is somebody else's: make a copy under target_name
  none,        // nothing; `reason` says why
};

std::string_view to_string(Action action);
Action action_of(std::string_view name);

// How one owner reference comes to its new uid.
struct OwnerLink {
  enum class How {
    step,    // from the outcome of the step `owner`
    lookup,  // by reading the object of that kind and name in the target; dropped when there is
             // none
    late,    // from the step `owner`, patched in after both are there: they own each other, or
             // too much waits for this one
  };
  How how = How::lookup;
  StepNumber owner = 0;
  std::uint32_t reference = 0;  // index in the object's ownerReferences
};

struct Step {
  StepNumber number = 0;   // its index in the plan
  std::int64_t item = -1;  // number in the archive; -1: nothing of the backup
  kube::ResourceType type;
  ObjectName source;
  std::string target_namespace;
  std::string target_name;
  Wave wave = Wave::custom;
  Action action = Action::create;
  Reason reason = Reason::planned;  // why nothing is done, when action is none
  std::string message;              // with it, or what a person should know of what is done
  std::vector<StepNumber> needs;    // steps that must have succeeded before
  std::vector<OwnerLink> owners;
  bool keeps_volume = false;  // see EditContext
  bool restores_status = false;
  bool says_nothing = false;  // see Item
  // Where a claim's data comes from; null: it has none. Shared by copies of the step and its item.
  std::shared_ptr<const ClaimData> data = nullptr;
  std::uint32_t fill_order =
      0;                   // its turn among those that take long; 0: it is none (volume_order.h)
  bool from_copy = false;  // made from the item's copy in the type's version

  bool makes_namespace() const;
  // A mover fills it: others need not wait for it, but those that use it.
  bool takes_long() const { return data && data->has_copy(); }
};

struct Plan {
  std::vector<Step> steps;  // by wave, then claims in the order of their filling and all
                            // others in the archive's
  NamespaceMap namespaces;  // for the restored namespaces alone
};

// By step number, before the first step: what the plan skips is over already.
std::vector<Outcome> outcomes_before(const Plan& plan, EpochSeconds now);

// Fails with invalid when the request as a whole cannot be met: a namespace that would get no valid
// or no unique name, a storage class that is not there or not CSI. Nothing has been changed then.
Result<Plan> make_plan(const std::vector<Item>& items, const ClusterFacts& facts,
                       const Options& options);

}  // namespace salvor::restore
