#include "repo/internal/batch_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "repo/internal/beneath.h"

namespace salvor::repo::internal {
namespace {

constexpr mode_t kOursOnly = 0600;
constexpr mode_t kPermissions = 0777;
// From here on the disk is busy enough with what is written at once; less is cheaper for it, and
// for us, when it comes together with its neighbours at the end.
constexpr std::size_t kBegunAtOnce = 256 << 10;

bool is_zero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes.front() == '\0' && bytes.substr(1) == bytes.substr(0, bytes.size() - 1));
}

// Whether a hole does for them; not where other bytes may stand already.
bool may_be_hole(const RestoreFile& file, std::string_view plain) {
  return !file.is_kept && is_zero(plain);
}

Result<void> complete(const Descriptor& to, const RestoreFile& file) {
  const bool needs_size = file.has_holes || file.is_kept;
  if (needs_size && ::ftruncate(to.get(), static_cast<off_t>(file.size)) != 0)
    return system_error(errno, "setting the size");
  return apply_metadata(to.get(), file.node);
}

}  // namespace

void RestoreReport::problem(const std::string& path, Error failure) {
  const std::lock_guard lock(mutex_);
  ++result_.problem_count;
  if (result_.problems.size() < kEntryProblemsMax)
    result_.problems.push_back({path, std::move(failure)});
}

void RestoreReport::count(std::uint64_t RestoreCounts::*what, std::uint64_t more) {
  const std::lock_guard lock(mutex_);
  result_.counts.*what += more;
}

void BatchWriter::work(RestoreBatch& batch, Workspace& space) {
  while (true) {
    const std::size_t number = batch.next_part++;
    if (number >= batch.parts.size()) return;
    write_part(batch, batch.parts[number], space);
  }
}

void BatchWriter::finish(RestoreFile& file) {
  if (file.is_bad) {
    auto removed = remove(file);
    if (!removed.ok()) report_.problem(file.path, std::move(removed).error());
    return;
  }
  auto to = opened(file);
  if (to.ok()) return finish(*to, file);
  report_.problem(file.path, std::move(to).error());
}

// The file stays even if it cannot have all that its node says: its bytes are there.
void BatchWriter::finish(const Descriptor& to, const RestoreFile& file) {
  auto done = complete(to, file);
  if (!done.ok()) report_.problem(file.path, std::move(done).error());
  report_.count(&RestoreCounts::files);
  ++progress_.files;
}

void BatchWriter::write_part(const RestoreBatch& batch, const ReadPart& part, Workspace& space) {
  const BlobUse* use = &batch.uses[part.first];
  const BlobUse* const end = batch.uses.data() + part.last;
  const std::span<char> bytes = space.part.of(part.length);
  auto read = context_.check();
  if (read.ok()) read = repository_.read_pack(context_, use->pack, part.offset, bytes);
  // After a stop half a file stays only for one who will compare its bytes.
  if (bytes_there_ == BytesThere::compared && !context_.check().ok()) return;
  while (use != end) {
    // The same blob may be of many files.
    const BlobUse* next = use + 1;
    while (next != end && next->blob == use->blob) ++next;
    const BlobPlace& place = use->blob.place;
    auto plain = read.ok() ? space.opener.open(
                                 bytes.subspan(place.offset - part.offset, place.length), use->blob)
                           : Result<std::string_view>(read.error());
    if (!plain.ok()) plain = std::move(plain).within("in pack " + use->pack.brief());
    for (; use != next; ++use) write_use(*use, plain);
  }
}

void BatchWriter::write_use(const BlobUse& use, const Result<std::string_view>& plain) {
  RestoreFile& file = *use.file;
  // Of one blob: written and finished in one go.
  const bool is_all = file.node.content.size() == 1;
  Result<void> done = !plain.ok() ? Result<void>(plain.error())
                      : is_all    ? write_whole(file, *plain)
                                  : write_part_of(file, use.offset, *plain);
  const bool is_done = done.ok() && is_all;
  if (done.ok()) progress_.bytes += plain->size();
  if (!done.ok() && !file.is_bad.exchange(true))
    report_.problem(file.path, std::move(done).error());
  if (file.open.fetch_sub(1) == 1 && !is_done) finish(file);
}

Result<void> BatchWriter::write_whole(RestoreFile& file, std::string_view plain) {
  TRY(const Descriptor to, opened(file));
  if (may_be_hole(file, plain)) {
    file.has_holes = true;
  } else {
    TRY_VOID(write_at(to, 0, plain));
  }
  finish(to, file);
  return {};
}

Result<void> BatchWriter::write_part_of(RestoreFile& file, std::uint64_t offset,
                                        std::string_view plain) {
  if (file.is_bad) return {};
  if (may_be_hole(file, plain)) {
    file.has_holes = true;
    return {};
  }
  TRY(const Descriptor to, opened(file));
  return write_at(to, offset, plain);
}

// One at a time: makers of files in one folder wait for each other in the kernel, and burn their
// processors with it.
Result<Descriptor> BatchWriter::opened(const RestoreFile& file) {
  const mode_t mode = mode_to_make(file.node);
  const std::lock_guard lock(making_);
  return open_beneath(root_, file.path, O_WRONLY | O_CREAT | O_NONBLOCK, mode);
}

// At once what it is in the end, if that lets us write, and nobody in who is not to be: the folder
// may give the file another group.
mode_t BatchWriter::mode_to_make(const Node& node) const {
  const bool is_ours = node.uid == user_ && node.gid == group_;
  const bool is_plain = (node.mode & ~kPermissions) == 0 && (node.mode & kOursOnly) == kOursOnly;
  const bool is_group_as_others = ((node.mode >> 3) & 7 & ~node.mode) == 0;
  return is_ours && is_plain && is_group_as_others ? node.mode : kOursOnly;
}

Result<void> BatchWriter::write_at(const Descriptor& to, std::uint64_t offset,
                                   std::string_view plain) {
  std::size_t done = 0;
  while (done < plain.size()) {
    const ssize_t count = ::pwrite(to.get(), plain.data() + done, plain.size() - done,
                                   static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "writing");
    done += static_cast<std::size_t>(count);
  }
  // Only begins, so that less is left to wait for when all is made durable; that tells if it fails.
  if (plain.size() >= kBegunAtOnce) {
    (void)::sync_file_range(to.get(), static_cast<off_t>(offset), static_cast<off_t>(plain.size()),
                            SYNC_FILE_RANGE_WRITE);
  }
  report_.count(&RestoreCounts::bytes, plain.size());
  return {};
}

Result<void> BatchWriter::remove(const RestoreFile& file) const {
  TRY(const Parent parent, open_parent(root_, file.path));
  if (::unlinkat(parent.folder.get(), parent.name.c_str(), 0) != 0 && errno != ENOENT)
    return system_error(errno, "removing what is not whole");
  return {};
}

}  // namespace salvor::repo::internal
