// A store in a folder of a local or mounted file system: each object is one file of its name.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "objectstore/store.h"

namespace salvor::objectstore {

// How an object comes to be, so that a crash or a full disk at any point leaves either the whole
// object or nothing under its name:
//   1. its bytes go to a file of random name in the folder ".uploads~" (no object's name can hold
//      '~'), which is on the same file system;
//   2. fsync; 3. link(2) to its name, which fails when the name is taken, so that nothing is ever
//   overwritten; 4. unlink of the random name; 5. fsync of the folder.
// A writer that dies leaves a file in ".uploads~", which clean() removes. Files have mode 0600 and
// folders 0700; folders that become empty are removed with their last object.
//
// Makes the folder when it is missing. Fails with denied or exhausted when it cannot.
Result<std::unique_ptr<Store>> open_directory_store(const std::string& folder);

}  // namespace salvor::objectstore
