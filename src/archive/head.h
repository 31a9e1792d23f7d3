// The few facts that name a Kubernetes object, read from its JSON text without building values:
// a backup looks at every object of a cluster, and most of them need nothing more.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor::archive {

struct ObjectHead {
  std::string api_version;
  std::string kind;
  std::string namespace_name;
  std::string name;

  // "v1" of "apps/v1".
  std::string version() const;
};

// Members that the object lacks, or that are no strings, come as "". Reading ends at the last of
// the four, so damage behind it is not found: who stores the text foreign and unread must not trust
// more than the head. Fails with invalid when the text is no JSON object up to there.
Result<ObjectHead> read_head(std::string_view json);

}  // namespace salvor::archive
