#include "repo/local_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <system_error>

namespace salvor::repo {
namespace {

constexpr mode_t kModeBits = 07777;

FileTime time_of(const timespec& time) {
  return {time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)};
}

timespec timespec_of(const FileTime& time) {
  return {static_cast<time_t>(time.seconds), static_cast<long>(time.nanoseconds)};
}

NodeType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return NodeType::file;
    case S_IFDIR:
      return NodeType::folder;
    case S_IFLNK:
      return NodeType::symlink;
    case S_IFBLK:
      return NodeType::block_device;
    case S_IFCHR:
      return NodeType::char_device;
    case S_IFIFO:
      return NodeType::fifo;
    case S_IFSOCK:
      return NodeType::socket;
    default:
      return NodeType::irregular;
  }
}

Node node_from(const std::string& name, const struct stat& facts) {
  Node node;
  node.type = type_of(facts.st_mode);
  node.name = name;
  node.mode = facts.st_mode & kModeBits;
  node.modified = time_of(facts.st_mtim);
  node.accessed = node.modified;  // reading changes it, and then no folder would stay as it was
  node.changed = time_of(facts.st_ctim);
  node.uid = facts.st_uid;
  node.gid = facts.st_gid;
  node.inode = facts.st_ino;
  node.device_id = facts.st_dev;
  node.links = facts.st_nlink;
  if (node.type == NodeType::file) node.size = static_cast<std::uint64_t>(facts.st_size);
  if (node.type == NodeType::block_device || node.type == NodeType::char_device)
    node.device = facts.st_rdev;
  return node;
}

Result<std::string> read_link(int folder, const std::string& name) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  if (size < 0) return system_error(errno, "reading link " + name);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

// A path to an entry that none of its links redirects: the calls for attributes take no folder.
std::string path_in(int folder, const std::string& name) {
  return "/proc/self/fd/" + std::to_string(folder) + "/" + name;
}

// A file system without attributes has none.
bool has_none(int number) { return number == ENOTSUP || number == ENODATA || number == EPERM; }

Result<std::string> attribute(const std::string& path, const char* name) {
  std::string value(256, '\0');
  while (true) {
    const ssize_t size = ::lgetxattr(path.c_str(), name, value.data(), value.size());
    if (size >= 0) {
      value.resize(static_cast<std::size_t>(size));
      return value;
    }
    if (errno != ERANGE) return system_error(errno, std::string("reading attribute ") + name);
    value.resize(value.size() * 4);
  }
}

Result<std::vector<ExtendedAttribute>> attributes_of(const std::string& path) {
  std::vector<ExtendedAttribute> attributes;
  std::string names(1024, '\0');
  ssize_t size = ::llistxattr(path.c_str(), names.data(), names.size());
  while (size < 0 && errno == ERANGE) {
    names.resize(names.size() * 4);
    size = ::llistxattr(path.c_str(), names.data(), names.size());
  }
  if (size < 0 && has_none(errno)) return attributes;
  if (size < 0) return system_error(errno, "listing attributes");
  std::string_view rest(names.data(), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(name.size() + 1);
    auto value = attribute(path, name.c_str());
    if (!value.ok() && value.error().code == ErrorCode::not_found) continue;  // gone meanwhile
    if (!value.ok()) return std::move(value).error();
    attributes.push_back({name, *std::move(value)});
  }
  return attributes;
}

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENODATA:
      return ErrorCode::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENAMETOOLONG:
      return ErrorCode::exhausted;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::denied;
    case EIO:
      return ErrorCode::corrupt;
    case EEXIST:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENOTEMPTY:
      return ErrorCode::conflict;
    case ENOTSUP:
      return ErrorCode::invalid;
    default:
      return ErrorCode::unavailable;
  }
}

// The first failure of several calls that are all to be made.
class FirstFailure {
 public:
  void note(int result, const char* doing) {
    if (result != 0 && failure_.ok()) failure_ = system_error(errno, doing);
  }
  Result<void> take() { return std::move(failure_); }

 private:
  Result<void> failure_;
};

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Error system_error(int number, const std::string& doing) {
  return error(code_of(number), doing + ": " + std::generic_category().message(number));
}

Result<std::vector<std::string>> names_in(int folder) {
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = copy < 0 ? nullptr : ::fdopendir(copy);
  if (stream == nullptr) return system_error(errno, "listing the folder");
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int failure = errno;
  ::closedir(stream);
  if (failure != 0) return system_error(failure, "listing the folder");
  std::sort(names.begin(), names.end());
  return names;
}

Result<Node> read_node(int folder, const std::string& name) {
  struct stat facts {};
  if (::fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
    return system_error(errno, "looking at " + name);
  Node node = node_from(name, facts);
  if (node.type == NodeType::symlink) {
    TRY(node.link_target, read_link(folder, name));
  }
  TRY(node.attributes, attributes_of(path_in(folder, name)));
  return node;
}

// Owners first, as a change of owner takes set-id bits; then the mode; times last. To look is
// cheaper than to set what is so already.
Result<void> apply_metadata(int descriptor, const Node& node) {
  FirstFailure failure;
  struct stat there {};
  const bool is_known = ::fstat(descriptor, &there) == 0;
  const bool is_owners = is_known && there.st_uid == node.uid && there.st_gid == node.gid;
  if (!is_owners) failure.note(::fchown(descriptor, node.uid, node.gid), "setting the owner");
  if (!is_owners || (there.st_mode & kModeBits) != node.mode)
    failure.note(::fchmod(descriptor, node.mode), "setting the mode");
  for (const ExtendedAttribute& attribute : node.attributes) {
    failure.note(::fsetxattr(descriptor, attribute.name.c_str(), attribute.value.data(),
                             attribute.value.size(), 0),
                 "setting an attribute");
  }
  const std::array times = {timespec_of(node.accessed), timespec_of(node.modified)};
  failure.note(::futimens(descriptor, times.data()), "setting times");
  return failure.take();
}

Result<void> apply_metadata_at(int folder, const std::string& name, const Node& node) {
  FirstFailure failure;
  failure.note(::fchownat(folder, name.c_str(), node.uid, node.gid, AT_SYMLINK_NOFOLLOW),
               "setting the owner");
  const std::string path = path_in(folder, name);
  if (node.type != NodeType::symlink)  // a link has no mode of its own
    failure.note(::fchmodat(folder, name.c_str(), node.mode, 0), "setting the mode");
  for (const ExtendedAttribute& attribute : node.attributes) {
    failure.note(::lsetxattr(path.c_str(), attribute.name.c_str(), attribute.value.data(),
                             attribute.value.size(), 0),
                 "setting an attribute");
  }
  const std::array times = {timespec_of(node.accessed), timespec_of(node.modified)};
  failure.note(::utimensat(folder, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW),
               "setting times");
  return failure.take();
}

}  // namespace salvor::repo
