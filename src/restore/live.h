// What a target cluster has of the objects that a plan is about. Only reads.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "archive/spool.h"
#include "base/context.h"
#include "base/json.h"
#include "kube/api.h"
#include "restore/patience.h"
#include "restore/plan.h"

namespace salvor::restore {

// Bodies are in a scratch file, names in memory.
class LiveObjects {
 public:
  explicit LiveObjects(archive::Spool spool) : spool_(std::move(spool)) {}

  Result<void> add(const ObjectName& name, std::string_view json);
  // The object that a step would make, if it is there. Fails with corrupt (the scratch disk).
  Result<std::optional<Json>> find(const Step& step) const;
  std::size_t size() const { return numbers_.size(); }

 private:
  archive::Spool spool_;
  std::map<ObjectName, std::size_t> numbers_;
};

// The name that a step's object has in the target.
ObjectName target_of(const Step& step);

// Lists each kind that the plan makes objects of, where it is served already, in the namespaces of
// the target that are there. Kinds that may not be listed fail it: a plan that guesses is none.
Result<LiveObjects> gather_live(Context& context, kube::Api& api, const Plan& plan,
                                const ClusterFacts& facts, const Patience& patience,
                                const std::string& scratch_folder);

}  // namespace salvor::restore
