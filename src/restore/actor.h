// Does one step against a cluster: the only place of a restore that writes to it. In the normal
// case one request an object; whatever is unclear is read back, never blindly repeated.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "restore/claim_filler.h"
#include "restore/conflict.h"
#include "restore/kind_waiter.h"
#include "restore/outcome.h"
#include "restore/patience.h"
#include "restore/quota_charges.h"
#include "restore/render.h"
#include "restore/saved_plan.h"
#include "restore/verdict.h"

namespace salvor::restore {

// Where the objects that are changed or deleted are kept as they were. Any thread calls.
struct PriorStates {
  // Before the change; its error forbids it. Null: nothing is kept.
  std::function<Result<void>(const Step& step, const Json& prior)> keep;
  // What an earlier run kept for the step, if it came so far. Null: there was none.
  std::function<Result<std::optional<Json>>(const Step& step)> kept;
};

// Any thread may call; one Actor serves a whole restore.
class Actor {
 public:
  // The job's field manager is its alone: an object whose managed fields name it was made by this
  // job, whatever the connection or a crash hid from us. Changes of objects that were there have a
  // manager of their own.
  Actor(kube::Api& api, RenderContext render, const std::string& job_id, Patience patience,
        PriorStates prior_states = {})
      : api_(api),
        render_(std::move(render)),
        field_manager_(restore_manager(job_id)),
        patience_(patience),
        prior_states_(std::move(prior_states)),
        kinds_(api),
        quotas_(api, patience),
        claims_(api, job_id, patience) {}

  const Patience& patience() const { return patience_; }

  // Before the first step of a run: what the target's quotas have bearing on.
  void look_at_quotas(Context& context) { quotas_.look(context); }

  // May be put off (outcome.h). `object` as it is in the backup (a bare namespace when the backup
  // has none). `owners` are those that are known already.
  Outcome act(Context& context, const Step& step, Json object, std::vector<LinkedOwner> owners);

  // The outcome of a step that was written without being noted, by a run that was stopped or died
  // between; open when the object is not there or not this job's.
  Result<Outcome> look(Context& context, const Step& step);

  // Sets the owner references that had to wait. Requires: the step's object is there.
  Result<void> link_late(Context& context, const Step& step, const Json& object,
                         const std::vector<LinkedOwner>& owners);
  // Ends the fence of a step's object.
  Result<void> release(Context& context, const Step& step);

  // Takes away what claims were filled from, once they are. What claims still wait for stays.
  Result<void> withdraw_sources(Context& context) { return claims_.withdraw(context); }

  // The uid of the target's object that an owner reference names, when there is one.
  Result<std::optional<std::string>> find_owner(Context& context, const Step& step,
                                                const Json& reference);

 private:
  struct Attempt;

  Outcome create(Context& context, Attempt attempt);
  bool waits_for_nothing(Context& context, Attempt& attempt);
  bool offers_data(Context& context, Attempt& attempt);
  void wait_for_data(Context& context, Attempt& attempt);
  bool may_be_charged(Context& context, Attempt& attempt);
  void rehearse_addresses(Context& context, Attempt& attempt);
  bool settle(Context& context, Attempt& attempt, const Error& failure);
  bool pause(Context& context, Attempt& attempt);
  bool look_before_giving_up(Context& context, Attempt& attempt, const Error& failure);
  bool drop_addresses(Attempt& attempt, const Error& failure) const;
  void wait_for_recount(Context& context, Attempt& attempt);
  bool read_back(Context& context, Attempt& attempt);
  bool found(Context& context, Attempt& attempt, const Json& live);
  void hear_warnings(Context& context, Attempt& attempt);
  bool wait_until_gone(Context& context, Attempt& attempt);
  bool change(Context& context, Attempt& attempt, const Json& live);
  bool patch_live(Context& context, Attempt& attempt, const Json& live, const Resolution& change);
  Outcome prune(Context& context, Attempt attempt);
  bool settle_removal(Context& context, Attempt& attempt, const Error& failure);
  bool keep_prior(Attempt& attempt, const Json& live);
  bool remember_removal(Attempt& attempt);
  bool remove_live(Context& context, Attempt& attempt, const Json& live);
  void put_back(Context& context, Attempt& attempt);
  bool refused_change(Context& context, Attempt& attempt, const Json& live, const Error& failure);
  void wait_until_ready(Context& context, Attempt& attempt);
  void write_status(Context& context, Attempt& attempt);

  Result<Json> live_object(Context& context, const Step& step);
  Result<void> patch(Context& context, const Step& step, const Json& patch);
  Result<std::optional<std::string>> look_up_owner(Context& context, const ObjectName& name,
                                                   const Json& reference);
  Result<kube::ResourceType> owner_type(Context& context, const Json& reference);
  std::string change_manager() const { return field_manager_ + "-merge"; }

  kube::Api& api_;
  const RenderContext render_;
  const std::string field_manager_;
  const Patience patience_;
  const PriorStates prior_states_;
  KindWaiter kinds_;
  QuotaCharges quotas_;
  ClaimFiller claims_;
  std::mutex owners_mutex_;
  std::map<ObjectName, std::optional<std::string>> owners_;
  std::optional<kube::Discovery> discovery_;  // as it was when the first owner was looked up
};

}  // namespace salvor::restore
