// What an API server's refusal of a write means for the item: a decision table over the error's
// code, status and text. Pure.
#pragma once

#include "base/result.h"
#include "restore/outcome.h"
#include "restore/reason.h"

namespace salvor::restore {

enum class Next {
  give_up,    // final
  put_off,    // may pass: to be tried again when Verdict::put_off says
  read_back,  // the object may be there: look before anything else
  stop,       // the job is being stopped
};

struct Verdict {
  Next next = Next::give_up;
  Reason reason = Reason::invalid;  // when it does not pass in the end
  PutOff put_off = PutOff::no;
};

Verdict judge(const Error& failure);

// 0 when the API server gave none.
int http_status_in(const Error& failure);

}  // namespace salvor::restore
