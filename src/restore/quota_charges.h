// What the quotas of a target are charged. The API server charges a quota before it knows whether
// the object can be made. A create that comes to nothing, since its name or its port is taken or
// its connection is lost, stays charged until the quota controller counts anew, every five minutes
// unless it is told otherwise: https://github.com/kubernetes/kubernetes/issues/119593
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "restore/patience.h"
#include "restore/plan.h"

namespace salvor::restore {

// Of one run. Any thread may call. An account that may not read quotas sees none.
class QuotaCharges {
 public:
  QuotaCharges(kube::Api& api, Patience patience) : api_(api), patience_(patience) {}

  // Before the first step: which namespaces have a quota.
  void look(Context& context);
  // Whether the namespace had one then: what is there already is not to be charged once more.
  bool were_in(const std::string& space) const;
  // The same, or one that this run made since.
  bool are_in(const std::string& space) const;
  void note_made(const Step& step);

  // What to say when the quota that `refusal` names counts more than there is of the step's kind;
  // nothing when it counts right or cannot be judged. `refusal` as the API server words it.
  Result<std::optional<std::string>> overcount(Context& context, const Step& step,
                                               const std::string& refusal);

 private:
  struct Counted {
    SteadyTime at{};
    std::optional<std::string> surplus;
  };

  Result<std::optional<std::string>> count(Context& context, const Step& step,
                                           const std::string& refusal);

  kube::Api& api_;
  const Patience patience_;
  mutable std::mutex spaces_mutex_;
  std::set<std::string> first_seen_;
  std::set<std::string> made_;
  std::mutex counts_mutex_;  // held while counting: many are refused at once, one count serves all
  std::map<std::string, Counted> counts_;  // by namespace, quota and kind
};

}  // namespace salvor::restore
