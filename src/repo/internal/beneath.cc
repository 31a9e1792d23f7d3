#include "repo/internal/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace salvor::repo::internal {

Result<Descriptor> open_beneath(int folder, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const char* const name = path.empty() ? "." : path.c_str();
  long number = 0;
  do {
    number = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
  } while (number < 0 && (errno == EINTR || errno == EAGAIN));
  if (number < 0) return system_error(errno, "opening");
  return Descriptor(static_cast<int>(number));
}

Result<Parent> open_parent(int folder, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const bool is_at_top = slash == std::string::npos;
  TRY(Descriptor parent,
      open_beneath(folder, is_at_top ? "" : path.substr(0, slash), O_PATH | O_DIRECTORY));
  return Parent{std::move(parent), path.substr(is_at_top ? 0 : slash + 1)};
}

}  // namespace salvor::repo::internal
