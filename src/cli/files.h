// The few files that the command line reads and writes.
#pragma once

#include <string>

#include "base/result.h"

namespace salvor::cli {

// The whole file. Fails with invalid, naming the path and why: exit codes 3 and 4 are about the
// API's objects and keys, so a local file that is missing or closed to us is an ordinary mistake.
Result<std::string> read_file(const std::string& path);

// Replaces the file at once (a reader sees the old or the new text), readable by its owner only.
// Missing folders are made with mode 0700. Fails with invalid or exhausted (no space).
Result<void> write_private_file(const std::string& path, const std::string& text);

}  // namespace salvor::cli
