// What a drill's restore tells of its recovery point: its rows, and those of the plan that is made
// again when all is there. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "proof/archive_contents.h"
#include "proof/drill_request.h"
#include "proof/problem.h"

namespace salvor::proof {

// Takes each row of kuberestoreitems once, then each of kuberestoreplanitems.
class DrillFindings {
 public:
  void add_restored(const Json& row);
  void add_planned(const Json& row);

  // Restored as planned.
  std::uint64_t objects() const { return objects_; }
  // An item of which nothing was found out, as the cluster was not reached; "" when all were tried.
  const std::string& undecided() const { return undecided_; }
  // Pods that the sandbox refused, with what it said: "Pod shop/agent" and why.
  const std::map<std::string, std::string>& refused() const { return refused_; }
  // Whether it was restored: "PersistentVolumeClaim shop/data".
  bool has_restored(const std::string& object) const { return restored_.contains(object); }
  // With what the catalog lists of the drilled namespaces that did not come at all, or came
  // unlisted.
  std::vector<Problem> problems(const Listed& listed) const;

 private:
  void judge(const std::string& object, const Json& row);

  std::uint64_t objects_ = 0;
  std::string undecided_;
  std::map<std::string, std::string> refused_;
  std::set<std::string> restored_;    // objects, by their names in the backup
  std::set<std::string> namespaces_;  // that have anything in the archive
  std::set<std::string> claims_;      // in the archive, as "shop/data"
  std::vector<Problem> problems_;
};

// Only those of the namespaces that are drilled.
Listed restricted_to(const Listed& listed, const SandboxMap& sandboxes);

}  // namespace salvor::proof
