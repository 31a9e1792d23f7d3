#include "repo/internal/restore_batch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "repo/internal/buffer.h"

namespace salvor::repo::internal {
namespace {

// As much is read at once, unless one blob is larger; gaps that are not longer are read, too.
constexpr std::uint32_t kPartMax = 4 << 20;
constexpr std::uint32_t kGapMax = 1 << 20;

std::uint64_t plain_length(const BlobPlace& place) {
  return place.is_compressed() ? place.plain_length : place.length - kSealBytes;
}

bool read_all(int file, std::uint64_t offset, std::span<char> to) {
  while (!to.empty()) {
    const ssize_t got = ::pread(file, to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to = to.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
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

std::uint64_t RestoreBatch::keep_equal(Context& context, RestoreFile& file,
                                       const Descriptor& there) {
  struct stat facts {};
  if (::fstat(there.get(), &facts) != 0) facts.st_size = 0;
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  Buffer buffer;
  std::uint64_t kept = 0;
  const auto is_there = [&](const BlobUse& use) {
    const std::uint64_t length = plain_length(use.blob.place);
    const bool may_be = length <= kBlobMax && use.offset + length <= size && context.check().ok();
    if (!may_be) return false;
    const std::span<char> bytes = buffer.of(length).first(length);
    if (!read_all(there.get(), use.offset, bytes)) return false;
    if (id_of({bytes.data(), bytes.size()}) != use.blob.key.id) return false;
    kept += length;
    return true;
  };
  const auto first = uses.end() - static_cast<std::ptrdiff_t>(file.open.load());
  uses.erase(std::remove_if(first, uses.end(), is_there), uses.end());
  file.is_kept = true;
  file.open = static_cast<std::uint32_t>(uses.end() - first);
  return kept;
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

Descriptor file_to_keep(int folder, const Node& node) {
  const char* const name = node.name.c_str();
  struct stat facts {};
  const bool may_stay = ::fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
                        S_ISREG(facts.st_mode) && (facts.st_nlink == 1 || node.links > 1);
  const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  return Descriptor(may_stay ? ::openat(folder, name, flags) : -1);
}

}  // namespace salvor::repo::internal
