// What becomes of an object that is in the target already and is not this restore's: a decision
// table over the step's action and what the two objects differ in. Pure. The same answer is shown
// by a plan, from the facts, and acted upon by the executor, from the object as it is then.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/plan.h"
#include "restore/reason.h"
#include "restore/render.h"

namespace salvor::restore {

// Two objects' difference, from the one that is there to what it would become.
struct Difference {
  Json patch;                          // a merge patch (RFC 7386); null when there is none
  std::vector<std::string> immutable;  // JSON pointers in it that the API server never changes
  std::vector<std::string> kept;       // of a merge: pointers where the target's own value stays
};

struct Resolution {
  enum class Next { end, patch, recreate };
  Next next = Next::end;
  Reason reason = Reason::exists;  // when that is done
  Difference difference;
};

// All as the API server sends them, but for `wanted`, which is what the step would create.
struct Meeting {
  const Step& step;
  const Json& original;  // in the backup
  const Json& wanted;
  const Json& live;
};

// The live object is looked at as if it had been backed up and restored under its own name, so that
// what the rules take off or rewrite anyway (addresses, marks of a binding) is no difference.
Resolution resolve(const Meeting& meeting, const RenderContext& context);

// What is compared of an object: as a restore that renames nothing would make it, without what its
// cluster makes itself.
Json comparable(const Step& step, const Json& object, const RenderContext& context);
// The merge patch that makes one comparable object equal to another; null when it is.
Json patch_between(const Json& from, const Json& to);

}  // namespace salvor::restore
