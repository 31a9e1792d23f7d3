#include "archive/spool.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <vector>

namespace salvor::archive {
namespace {

struct Entry {
  std::uint64_t begin;
  std::uint32_t size;
  std::uint32_t checksum;
};

// Entries gather in memory up to here, so that small ones do not cost a system call each.
constexpr std::size_t kBufferMax = std::size_t{256} << 10;

// One entry is one Kubernetes object, of which the largest have a few MiB.
constexpr std::size_t kEntryMax = std::size_t{1} << 30;

std::uint32_t checksum_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

Error system_error(int number, const std::string& doing) {
  const bool is_full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  const bool is_denied = number == EACCES || number == EPERM || number == EROFS;
  Error failure = error(is_full     ? ErrorCode::exhausted
                        : is_denied ? ErrorCode::denied
                                    : ErrorCode::unavailable,
                        doing + ": " + std::generic_category().message(number));
  if (is_full) return std::move(failure).with_hint("free space on the scratch disk");
  return failure;
}

// A file without a name. Where the file system cannot make one, its name is removed at once.
int open_nameless(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  std::string path = folder + "/spool-XXXXXX";
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

}  // namespace

struct Spool::State {
  int file = -1;
  mutable std::mutex mutex;  // guards what follows
  std::vector<Entry> entries;
  std::uint64_t written = 0;  // bytes of the file
  std::string buffer;         // what comes after them

  ~State() {
    if (file >= 0) ::close(file);
  }
  // Nothing is lost when it fails: bytes beyond `written` do not count.
  Result<void> write_buffer();
};

Result<void> Spool::State::write_buffer() {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count = ::pwrite(file, buffer.data() + done, buffer.size() - done,
                                   static_cast<off_t>(written + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "writing to the scratch file");
    done += static_cast<std::size_t>(count);
  }
  written += buffer.size();
  buffer.clear();
  return {};
}

Spool::Spool(std::unique_ptr<State> state) : state_(std::move(state)) {}
Spool::~Spool() = default;
Spool::Spool(Spool&&) noexcept = default;
Spool& Spool::operator=(Spool&&) noexcept = default;

Result<Spool> Spool::create(const std::string& folder) {
  auto state = std::make_unique<State>();
  state->file = open_nameless(folder);
  if (state->file < 0) return system_error(errno, "making a scratch file in " + folder);
  return Spool(std::move(state));
}

Result<std::size_t> Spool::append(std::string_view bytes) {
  CHECK(bytes.size() <= kEntryMax);
  const std::uint32_t checksum = checksum_of(bytes);
  const std::lock_guard lock(state_->mutex);
  if (state_->buffer.size() + bytes.size() > kBufferMax) TRY_VOID(state_->write_buffer());
  state_->entries.push_back({state_->written + state_->buffer.size(),
                             static_cast<std::uint32_t>(bytes.size()), checksum});
  state_->buffer += bytes;
  return state_->entries.size() - 1;
}

Result<std::string> Spool::load(std::size_t index) const {
  Entry entry{};
  {
    const std::lock_guard lock(state_->mutex);
    CHECK(index < state_->entries.size());
    entry = state_->entries[index];
    if (entry.begin >= state_->written) {
      return state_->buffer.substr(entry.begin - state_->written, entry.size);
    }
  }
  std::string bytes(entry.size, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::pread(state_->file, bytes.data() + done, bytes.size() - done,
                                  static_cast<off_t>(entry.begin + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "reading the scratch file");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  if (done == bytes.size() && checksum_of(bytes) == entry.checksum) return bytes;
  return error(ErrorCode::corrupt, "the scratch file does not hold what was written to it")
      .with_hint("check the scratch disk");
}

std::size_t Spool::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->entries.size();
}

}  // namespace salvor::archive
