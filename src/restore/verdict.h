// What an API server's refusal of a write means for the item: a decision table over the error's
// code, status and text. Pure.
#pragma once

#include "base/result.h"
#include "restore/reason.h"

namespace salvor::restore {

enum class Next {
  give_up,    // final
  read_back,  // the object may be there: look before anything else
  try_again,  // may pass later, with patience
  stop,       // the job is being stopped
};

struct Verdict {
  Next next = Next::give_up;
  Reason reason = Reason::invalid;  // when it does not pass in the end
};

Verdict judge(const Error& failure);

}  // namespace salvor::restore
