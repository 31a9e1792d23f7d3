// The pattern of time spans.
#pragma once

#include "schema/pattern.h"

namespace salvor::schema {

// "90s", "20m", "1h30m", "600" (seconds), or nothing (base/time_span.h).
Pattern time_span();

}  // namespace salvor::schema
