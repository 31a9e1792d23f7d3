// Modes of files: stat(2)'s bits, and those of Go's os.FileMode, which a repository's JSON has.
#pragma once

#include <cstdint>

#include "repo/node.h"

namespace salvor::repo::internal {

std::uint32_t mode_to_go(std::uint32_t mode, NodeType type);
std::uint32_t mode_from_go(std::uint32_t go_mode);

}  // namespace salvor::repo::internal
