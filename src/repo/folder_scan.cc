#include "repo/folder_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>

#include "repo/local_file.h"

namespace salvor::repo {
namespace {

class Scan {
 public:
  Scan(Context& context, dev_t device) : context_(context), device_(device) {}

  Result<void> count(int parent, const char* name, std::size_t depth) {
    const int folder = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* const stream = folder < 0 || depth > kFolderDepthMax ? nullptr : ::fdopendir(folder);
    if (stream == nullptr) {
      const Descriptor closed(folder);
      return {};
    }
    Result<void> counted;
    while (const dirent* entry = counted.ok() ? ::readdir(stream) : nullptr)
      counted = look(folder, entry->d_name, depth);
    ::closedir(stream);
    return counted;
  }

  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Result<void> look(int folder, const char* name, std::size_t depth) {
    TRY_VOID(context_.check());
    const std::string_view text = name;
    struct stat facts {};
    if (text == "." || text == ".." || ::fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
      return {};
    if (S_ISREG(facts.st_mode)) {
      ++files_;
      bytes_ += static_cast<std::uint64_t>(facts.st_size);
    }
    const bool is_ours = S_ISDIR(facts.st_mode) && facts.st_dev == device_;
    return is_ours ? count(folder, name, depth + 1) : Result<void>();
  }

  Context& context_;
  const dev_t device_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<void> scan_folder(Context& context, const std::string& path, Progress& progress) {
  const Descriptor root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat facts {};
  if (!root.is_open() || ::fstat(root.get(), &facts) != 0)
    return system_error(errno, "opening folder " + path);
  Scan scan(context, facts.st_dev);
  TRY_VOID(scan.count(root.get(), ".", 1));
  progress.total_files = scan.files();
  progress.total_bytes = scan.bytes();
  return {};
}

FolderScan::FolderScan(Context& context, const std::string& path, Progress& progress)
    : outer_(context.stop, [this] { stop_.request_stop(); }),
      thread_([this, &context, path, &progress](const std::stop_token& done) {
        const std::stop_callback inner(done, [this] { stop_.request_stop(); });
        Context stoppable = context.stopped_by(stop_.get_token());
        // The totals are for people alone: without them there are none.
        (void)scan_folder(stoppable, path, progress).ok();
      }) {}

}  // namespace salvor::repo
