// Times as Kubernetes, S3 and MongoDB's exports write them.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace salvor {

// "2020-10-09T21:05:44Z", with a fraction or an offset if need be; whole seconds count. Nothing
// when it is no such time.
std::optional<EpochSeconds> parse_rfc3339(std::string_view text);

}  // namespace salvor
