#include "objectstore/internal/common.h"

#include <cerrno>
#include <string_view>
#include <system_error>

namespace salvor::objectstore::internal {
namespace {

constexpr std::size_t kMaxSegment = 255;
constexpr std::size_t kMaxName = 1024;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool is_segment(std::string_view segment) {
  if (segment.empty() || segment.size() > kMaxSegment) return false;
  if (segment == "." || segment == "..") return false;
  for (const char c : segment) {
    if (!is_allowed(c)) return false;
  }
  return true;
}

ErrorCode code_of(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return ErrorCode::exhausted;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::denied;
    case ENOENT:
      return ErrorCode::not_found;
    case EEXIST:
    case ENOTDIR:
    case EISDIR:
      return ErrorCode::conflict;
    case EIO:
      return ErrorCode::corrupt;
    default:
      return ErrorCode::unavailable;
  }
}

const char* hint_of(ErrorCode code) {
  if (code == ErrorCode::exhausted) return "free space or raise the limit, then try again";
  if (code == ErrorCode::denied) return "give the server's user the right to write there";
  if (code == ErrorCode::corrupt) return "check the disk";
  return "";
}

}  // namespace

Result<void> check_name(const std::string& name) {
  std::size_t begin = 0;
  bool good = name.size() <= kMaxName;
  while (good && begin <= name.size()) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    good = is_segment(std::string_view(name).substr(begin, end - begin));
    begin = end + 1;
  }
  if (good) return {};
  return error(ErrorCode::invalid, "object name \"" + name.substr(0, kMaxName) +
                                       "\" is not made of letters, digits, '.', '_' and '-' "
                                       "between single slashes");
}

Error system_error(int number, const std::string& doing) {
  const ErrorCode code = code_of(number);
  return error(code, doing + ": " + std::generic_category().message(number))
      .with_hint(hint_of(code));
}

Error too_short(const ObjectInfo& object, std::uint64_t offset, std::size_t length) {
  return error(ErrorCode::corrupt, "object " + object.name + " has " +
                                       std::to_string(object.size_bytes) + " bytes, and none at " +
                                       std::to_string(offset) + " + " + std::to_string(length));
}

}  // namespace salvor::objectstore::internal
