// Opens paths below a folder that no link can lead out of: what is restored is foreign, and so may
// be what stands there already.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "repo/local_file.h"

namespace salvor::repo::internal {

// `path`: relative; "" is the folder itself. Fails with conflict when a link stands in it.
Result<Descriptor> open_beneath(int folder, const std::string& path, int flags, mode_t mode = 0);

// The folder of a path, and its last part.
struct Parent {
  Descriptor folder;
  std::string name;
};
Result<Parent> open_parent(int folder, const std::string& path);

}  // namespace salvor::repo::internal
