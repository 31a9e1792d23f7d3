#include "schema/time_span_pattern.h"

#include "base/time_span.h"

namespace salvor::schema {

Pattern time_span() {
  return {"^([0-9]{1,6}[hms])*([0-9]{1,6})?$",
          [](std::string_view text) { return parse_time_span(text).has_value(); }};
}

}  // namespace salvor::schema
