#include "objectstore/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/random.h"
#include "objectstore/internal/common.h"

namespace salvor::objectstore {
namespace {

namespace fs = std::filesystem;
using internal::system_error;

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr const char* kUploads = ".uploads~";
// How often finish() makes the folder again when removals of others keep pruning it.
constexpr int kLinkTries = 16;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Result<void> sync_folder(const std::string& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Another removal may have pruned the folder meanwhile; then there is nothing to make durable.
  if (!folder.is_open() && errno == ENOENT) return {};
  if (!folder.is_open() || ::fsync(folder.get()) != 0) {
    return system_error(errno, "making folder " + path + " durable");
  }
  return {};
}

// Makes a folder and those above it, each durable before the next.
Result<void> make_folders(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return sync_folder(fs::path(path).parent_path());
  if (errno == EEXIST) return {};
  if (errno != ENOENT) return system_error(errno, "making folder " + path);
  TRY_VOID(make_folders(fs::path(path).parent_path()));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error(errno, "making folder " + path);
  }
  return sync_folder(fs::path(path).parent_path());
}

class DirectoryUpload final : public Upload {
 public:
  DirectoryUpload(File file, std::string draft, std::string path, std::string name)
      : file_(std::move(file)),
        draft_(std::move(draft)),
        path_(std::move(path)),
        name_(std::move(name)) {}
  ~DirectoryUpload() override { ::unlink(draft_.c_str()); }

  Result<void> write(Context& context, const std::string& bytes) override;
  Result<void> finish(Context& context) override;

 private:
  Result<void> publish();

  File file_;
  std::string draft_;
  std::string path_;
  std::string name_;
  std::uint64_t size_bytes_ = 0;  // of all writes that succeeded
};

Result<void> DirectoryUpload::write(Context& context, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    TRY_VOID(context.check());
    const ssize_t count =
        ::pwrite(file_.get(), bytes.data() + done, std::min(bytes.size() - done, kChunk),
                 static_cast<off_t>(size_bytes_ + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "writing object " + name_);
    done += static_cast<std::size_t>(count);
  }
  size_bytes_ += done;
  return {};
}

Result<void> DirectoryUpload::finish(Context& context) {
  TRY_VOID(context.check());
  if (::fsync(file_.get()) != 0) return system_error(errno, "making object " + name_ + " durable");
  TRY_VOID(publish());
  ::unlink(draft_.c_str());
  return sync_folder(fs::path(path_).parent_path());
}

Result<void> DirectoryUpload::publish() {
  for (int attempt = 0; attempt < kLinkTries; ++attempt) {
    const Result<void> made = make_folders(fs::path(path_).parent_path());
    if (!made.ok() && made.error().code == ErrorCode::not_found) continue;
    if (!made.ok()) return made;
    if (::link(draft_.c_str(), path_.c_str()) == 0) return {};
    if (errno == EEXIST) {
      return error(ErrorCode::conflict, "object " + name_ + " exists already");
    }
    if (errno != ENOENT) return system_error(errno, "publishing object " + name_);
  }
  return error(ErrorCode::unavailable, "the folder of object " + name_ + " keeps being removed");
}

class DirectoryStore final : public Store {
 public:
  explicit DirectoryStore(std::string root) : root_(std::move(root)) {}

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override;
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override;
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override;
  Result<ObjectInfo> stat(Context& context, const std::string& name) override;
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override;
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override;
  Result<void> remove(Context& context, const std::string& name) override;
  Result<void> clean(Context& context) override;

 private:
  std::string path_of(const std::string& name) const { return root_ + "/" + name; }
  // Fails with not_found unless there is a regular file of that name.
  Result<ObjectInfo> look(const std::string& name) const;
  void prune(const std::string& name) const;
  Result<void> walk(Context& context, const std::string& folder, const std::string& prefix,
                    std::vector<ObjectInfo>& found) const;

  std::string root_;
};

Result<ObjectInfo> DirectoryStore::look(const std::string& name) const {
  struct stat facts {};
  const bool exists = ::lstat(path_of(name).c_str(), &facts) == 0;
  if ((exists && !S_ISREG(facts.st_mode)) || (!exists && (errno == ENOENT || errno == ENOTDIR))) {
    return error(ErrorCode::not_found, "object " + name + " does not exist");
  }
  if (!exists) return system_error(errno, "looking at object " + name);
  return ObjectInfo{name, static_cast<std::uint64_t>(facts.st_size)};
}

Result<std::unique_ptr<Upload>> DirectoryStore::put(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  if (look(name).ok()) return error(ErrorCode::conflict, "object " + name + " exists already");
  const std::string folder = root_ + "/" + kUploads;
  TRY_VOID(make_folders(folder));
  const std::string draft = folder + "/" + hex(random_bytes(16));
  File file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return system_error(errno, "beginning object " + name);
  return std::unique_ptr<Upload>(
      std::make_unique<DirectoryUpload>(std::move(file), draft, path_of(name), name));
}

Result<void> DirectoryStore::get(Context& context, const std::string& name, const ReadSink& sink) {
  TRY_VOID(internal::check_name(name));
  TRY(const ObjectInfo info, look(name));
  const File file(::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return system_error(errno, "opening object " + name);
  std::string buffer(kChunk, '\0');
  std::uint64_t done = 0;
  while (true) {
    TRY_VOID(context.check());
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "reading object " + name);
    if (count == 0) break;
    done += static_cast<std::uint64_t>(count);
    TRY_VOID(sink(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
  }
  if (done == info.size_bytes) return {};
  return error(ErrorCode::corrupt, "object " + name + " ended after " + std::to_string(done) +
                                       " of " + std::to_string(info.size_bytes) + " bytes");
}

Result<void> DirectoryStore::read(Context& context, const std::string& name, std::uint64_t offset,
                                  std::span<char> to) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  TRY(const ObjectInfo info, look(name));
  if (offset > info.size_bytes || to.size() > info.size_bytes - offset)
    return internal::too_short(info, offset, to.size());
  const File file(::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return system_error(errno, "opening object " + name);
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t count =
        ::pread(file.get(), to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "reading object " + name);
    if (count == 0) return internal::too_short(info, offset, to.size());
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<ObjectInfo> DirectoryStore::stat(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  return look(name);
}

Result<void> DirectoryStore::lock(Context& context, const std::string& name, EpochSeconds) {
  TRY_VOID(stat(context, name));
  return error(ErrorCode::invalid, "objects in a folder cannot be locked")
      .with_hint("use a bucket with object lock");
}

Result<std::vector<ObjectInfo>> DirectoryStore::list(Context& context, const std::string& prefix) {
  std::vector<ObjectInfo> found;
  TRY_VOID(walk(context, "", prefix, found));
  std::sort(found.begin(), found.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.name < b.name; });
  return found;
}

// `folder` is "" or ends in '/'. Only folders that can hold names of the prefix are entered. What
// vanishes during the walk was removed by somebody else and is left out.
Result<void> DirectoryStore::walk(Context& context, const std::string& folder,
                                  const std::string& prefix, std::vector<ObjectInfo>& found) const {
  std::error_code failure;
  fs::directory_iterator entry(root_ + "/" + folder, failure);
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    TRY_VOID(context.check());
    const std::string name = folder + entry->path().filename().string();
    const std::size_t shared = std::min(prefix.size(), name.size());
    if (!internal::check_name(name).ok() || name.compare(0, shared, prefix, 0, shared) != 0) {
      continue;
    }
    std::error_code gone;
    const fs::file_type type = entry->symlink_status(gone).type();
    if (type == fs::file_type::directory) {
      TRY_VOID(walk(context, name + "/", prefix, found));
    } else if (type == fs::file_type::regular && name.size() >= prefix.size()) {
      const std::uint64_t size = entry->file_size(gone);
      if (!gone) found.push_back({name, size});
    }
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return system_error(failure.value(), "listing folder " + root_ + "/" + folder);
  }
  return {};
}

Result<void> DirectoryStore::remove(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  const std::string path = path_of(name);
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return {};
    return system_error(errno, "removing object " + name);
  }
  TRY_VOID(sync_folder(fs::path(path).parent_path()));
  prune(name);
  return {};
}

// Removes the folders that the object leaves empty. rmdir refuses any that is not empty, and
// publish() makes a folder again that is pruned under its feet.
void DirectoryStore::prune(const std::string& name) const {
  std::size_t slash = name.rfind('/');
  while (slash != std::string::npos && slash > 0) {
    if (::rmdir(path_of(name.substr(0, slash)).c_str()) != 0) return;
    slash = name.rfind('/', slash - 1);
  }
}

Result<void> DirectoryStore::clean(Context& context) {
  std::error_code failure;
  fs::directory_iterator entry(root_ + "/" + kUploads, failure);
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    TRY_VOID(context.check());
    ::unlink(entry->path().c_str());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return system_error(failure.value(), "removing unfinished uploads in " + root_);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_directory_store(const std::string& folder) {
  std::error_code failure;
  const fs::path root = fs::absolute(folder, failure).lexically_normal();
  if (folder.empty() || failure) {
    return error(ErrorCode::invalid, "\"" + folder + "\" is not the path of a folder");
  }
  TRY_VOID(make_folders(root.string()).within("opening store"));
  if (!fs::is_directory(root, failure))
    return system_error(ENOTDIR, "opening store " + root.string());
  if (::access(root.c_str(), R_OK | W_OK | X_OK) != 0) {
    return system_error(errno, "opening store " + root.string());
  }
  return std::unique_ptr<Store>(std::make_unique<DirectoryStore>(root.string()));
}

}  // namespace salvor::objectstore
