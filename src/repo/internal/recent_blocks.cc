#include "repo/internal/recent_blocks.h"

#include <algorithm>
#include <string_view>

namespace salvor::repo::internal {

Result<std::string> RecentBlocks::read(Context& context, const Id& pack, std::uint64_t offset,
                                       std::size_t length) {
  TRY(const std::uint64_t size, size_of(context, pack));
  // What is larger than a block is read alone; what is not there fails as it should.
  if (length > kBlockBytes || offset + length > size)
    return repository_.read_pack(context, pack, offset, length);
  std::string bytes;
  while (bytes.size() < length) {
    const std::uint64_t at = offset + bytes.size();
    TRY(const Block* const found, block(context, pack, at / kBlockBytes));
    bytes += std::string_view(found->bytes).substr(at % kBlockBytes, length - bytes.size());
  }
  return bytes;
}

Result<const RecentBlocks::Block*> RecentBlocks::block(Context& context, const Id& pack,
                                                       std::uint64_t number) {
  const auto there = std::find_if(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    return block.number == number && block.pack == pack;
  });
  if (there != blocks_.end()) {
    blocks_.splice(blocks_.begin(), blocks_, there);
    return &blocks_.front();
  }
  TRY(const std::uint64_t size, size_of(context, pack));
  const std::uint64_t begin = number * kBlockBytes;
  TRY(std::string bytes,
      repository_.read_pack(context, pack, begin, std::min(kBlockBytes, size - begin)));
  blocks_.push_front({pack, number, std::move(bytes)});
  if (blocks_.size() > kBlocksKept) blocks_.pop_back();
  return &blocks_.front();
}

Result<std::uint64_t> RecentBlocks::size_of(Context& context, const Id& pack) {
  const auto known = sizes_.find(pack);
  if (known != sizes_.end()) return known->second;
  TRY(const std::uint64_t size, repository_.pack_size(context, pack));
  sizes_.emplace(pack, size);
  return size;
}

}  // namespace salvor::repo::internal
