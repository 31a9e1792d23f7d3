#include "repo/internal/go_mode.h"

#include <array>

namespace salvor::repo::internal {
namespace {

constexpr std::uint32_t kPermissions = 0777;

struct Bit {
  std::uint32_t unix_bit;
  std::uint32_t go_bit;
};
constexpr std::array kBits = {
    Bit{S_ISUID, 1U << 23},
    Bit{S_ISGID, 1U << 22},
    Bit{S_ISVTX, 1U << 20},
};

std::uint32_t type_bits(NodeType type) {
  switch (type) {
    case NodeType::file:
      return 0;
    case NodeType::folder:
      return 1U << 31;
    case NodeType::symlink:
      return 1U << 27;
    case NodeType::block_device:
      return 1U << 26;
    case NodeType::fifo:
      return 1U << 25;
    case NodeType::socket:
      return 1U << 24;
    case NodeType::char_device:
      return (1U << 26) | (1U << 21);
    case NodeType::irregular:
      return 1U << 19;
  }
  return 0;
}

}  // namespace

std::uint32_t mode_to_go(std::uint32_t mode, NodeType type) {
  std::uint32_t out = (mode & kPermissions) | type_bits(type);
  for (const Bit& bit : kBits) {
    if ((mode & bit.unix_bit) != 0) out |= bit.go_bit;
  }
  return out;
}

std::uint32_t mode_from_go(std::uint32_t go_mode) {
  std::uint32_t out = go_mode & kPermissions;
  for (const Bit& bit : kBits) {
    if ((go_mode & bit.go_bit) != 0) out |= bit.unix_bit;
  }
  return out;
}

}  // namespace salvor::repo::internal
