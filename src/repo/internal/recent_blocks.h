// Blocks of packs that were read lately. Trees are small and lie near those that are read next, so
// a store that is far away is asked once for many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "repo/repository.h"

namespace salvor::repo::internal {

inline constexpr std::size_t kBlockBytes = std::size_t{512} << 10;
inline constexpr std::size_t kBlocksKept = 8;

// One thread at a time. Borrows the repository.
class RecentBlocks {
 public:
  explicit RecentBlocks(const Repository& repository) : repository_(repository) {}

  // A part of a pack; fails as Repository::read_pack does.
  Result<std::string> read(Context& context, const Id& pack, std::uint64_t offset,
                           std::size_t length);

 private:
  struct Block {
    Id pack;
    std::uint64_t number = 0;
    std::string bytes;
  };

  Result<const Block*> block(Context& context, const Id& pack, std::uint64_t number);
  Result<std::uint64_t> size_of(Context& context, const Id& pack);

  const Repository& repository_;
  std::list<Block> blocks_;  // the last one that was used is the first
  std::map<Id, std::uint64_t> sizes_;
};

}  // namespace salvor::repo::internal
