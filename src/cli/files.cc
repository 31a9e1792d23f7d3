#include "cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace salvor::cli {
namespace {

Error system_error(int number, const std::string& path) {
  const std::string message = path + ": " + std::strerror(number);
  const bool is_full = number == ENOSPC || number == EDQUOT;
  return error(is_full ? ErrorCode::exhausted : ErrorCode::invalid, message);
}

Result<void> make_private_folder(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::exists(folder)) return {};
  TRY_VOID(make_private_folder(folder.parent_path()));
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_error(errno, folder);
  return {};
}

Result<void> write_all(int file, const std::string& text, const std::string& path) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, path);
    written += static_cast<std::size_t>(count);
  }
  if (fsync(file) != 0) return system_error(errno, path);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    return error(ErrorCode::invalid, path + " is a folder, not a file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return system_error(errno, path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> write_private_file(const std::string& path, const std::string& text) {
  TRY_VOID(make_private_folder(std::filesystem::path(path).parent_path()));
  std::string draft = path + ".XXXXXX";  // mkstemp makes it with mode 0600
  const int file = mkstemp(draft.data());
  if (file < 0) return system_error(errno, draft);
  Result<void> written = write_all(file, text, draft);
  close(file);
  if (written.ok() && rename(draft.c_str(), path.c_str()) != 0) written = system_error(errno, path);
  if (!written.ok()) unlink(draft.c_str());
  return written;
}

}  // namespace salvor::cli
