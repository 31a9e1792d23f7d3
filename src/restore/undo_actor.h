// Does one step of an undo against a cluster. It touches nothing that somebody has changed since
// the restore, and deletes and patches exactly the version that it looked at.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "restore/outcome.h"
#include "restore/patience.h"
#include "restore/plan.h"
#include "restore/render.h"

namespace salvor::restore {

// One step with what is known of it.
struct UndoTask {
  const Step& step;           // of the undo
  const Step& original;       // of the restore
  const Outcome& outcome;     // of that
  Json body;                  // in the backup
  std::optional<Json> prior;  // what was there before the restore
};

// Any thread may call.
class UndoActor {
 public:
  // `restored_by` is the restore job's field manager, `undone_by` the undo's own; `render` is the
  // restore's.
  UndoActor(kube::Api& api, RenderContext render, std::string restored_by, std::string undone_by,
            Patience patience)
      : api_(api),
        render_(std::move(render)),
        restored_by_(std::move(restored_by)),
        undone_by_(std::move(undone_by)),
        patience_(patience) {}

  // May be put off (outcome.h).
  Outcome act(Context& context, const UndoTask& task);
  const Patience& patience() const { return patience_; }

 private:
  Outcome remove(Context& context, const UndoTask& task);
  Outcome remove_live(Context& context, const UndoTask& task, const Json& live);
  void note_deleted(const Step& step);
  bool has_deleted(const Step& step);
  Outcome await_end(Context& context, const Step& step);
  Outcome put_back(Context& context, const UndoTask& task);
  Outcome patch_back(Context& context, const UndoTask& task, const Json& live);
  Outcome create_again(Context& context, const UndoTask& task);

  // What somebody has changed since the restore made it, or nothing.
  Result<std::vector<std::string>> changes_since(const UndoTask& task, const Json& live) const;
  // The object as the restore's change left it.
  Result<Json> after_change(const UndoTask& task) const;
  // What a namespace or a definition still holds, for people; "" when nothing.
  Result<std::string> contents(Context& context, const Step& step, const Json& live);
  Result<std::string> contents_of(Context& context, const kube::ResourceType& type,
                                  const std::string& space);
  Result<bool> has_home(Context& context, const std::string& space);
  Result<Json> with_living_owners(Context& context, Json object, const std::string& space);
  Result<Json> live_object(Context& context, const Step& step);
  bool is_as_before(const UndoTask& task, const Json& live) const;
  bool is_made_by_restore(const UndoTask& task, const Json& live) const;

  kube::Api& api_;
  const RenderContext render_;
  const std::string restored_by_;
  const std::string undone_by_;
  const Patience patience_;
  std::mutex mutex_;
  std::set<StepNumber> deleted_;  // by this process; some take a while to be gone
};

}  // namespace salvor::restore
