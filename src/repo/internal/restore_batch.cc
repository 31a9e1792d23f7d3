#include "repo/internal/restore_batch.h"

#include <algorithm>

namespace salvor::repo::internal {
namespace {

// As much is read at once, unless one blob is larger; gaps that are not longer are read, too.
constexpr std::uint32_t kPartMax = 8 << 20;
constexpr std::uint32_t kGapMax = 1 << 20;

std::uint64_t plain_length(const BlobPlace& place) {
  return place.is_compressed() ? place.plain_length : place.length - kSealBytes;
}

}  // namespace

Result<void> RestoreBatch::add(RestoreFile& file, const Index& index) {
  const std::size_t before = uses.size();
  for (const Id& id : file.node.content) {
    const BlobKey key{BlobType::data, id};
    const auto found = index.find(key);
    if (!found || found->place.length < kSealBytes) {
      uses.resize(before);
      return error(ErrorCode::not_found, "no index has its blob " + id.brief());
    }
    uses.push_back({found->pack, {key, found->place}, &file, file.size});
    file.size += plain_length(found->place);
  }
  file.open = static_cast<std::uint32_t>(file.node.content.size());
  return {};
}

void RestoreBatch::make_parts() {
  std::sort(uses.begin(), uses.end());
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const BlobPlace& place = uses[i].blob.place;
    const std::uint64_t end = std::uint64_t{place.offset} + place.length;
    if (!parts.empty() && uses[parts.back().first].pack == uses[i].pack) {
      ReadPart& part = parts.back();
      const std::uint64_t part_end = std::uint64_t{part.offset} + part.length;
      const bool is_near = place.offset <= part_end + kGapMax;
      if (is_near && std::max(end, part_end) - part.offset <= kPartMax) {
        part.last = i + 1;
        part.length = static_cast<std::uint32_t>(std::max(end, part_end) - part.offset);
        continue;
      }
    }
    parts.push_back({i, i + 1, place.offset, place.length});
  }
}

}  // namespace salvor::repo::internal
