#include "server/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/random.h"

namespace salvor::server {
namespace {

constexpr std::size_t kKeyBytes = 32;

Error failed(const std::string& doing, int code) {
  const ErrorCode kind =
      code == EACCES || code == EPERM || code == EROFS ? ErrorCode::denied : ErrorCode::exhausted;
  return error(kind, doing + ": " + std::strerror(code))
      .with_hint("choose a folder that the server may write with --data");
}

Result<void> make_folder(const std::string& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) return failed("making folder " + path, code.value());
  if (::chmod(path.c_str(), 0700) != 0) return failed("making folder " + path + " private", errno);
  return {};
}

Result<int> take_lock(const std::string& path) {
  const int file = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return failed("opening " + path + "/lock", errno);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  ::close(file);
  return error(ErrorCode::conflict, "data folder " + path + " is in use by another server")
      .with_hint("stop the other server, or give this one a folder of its own with --data");
}

Result<std::string> read_key(int file, const std::string& path) {
  std::string key(kKeyBytes + 1, '\0');
  const ssize_t got = ::read(file, key.data(), key.size());
  if (got == static_cast<ssize_t>(kKeyBytes)) return key.substr(0, kKeyBytes);
  return error(ErrorCode::corrupt, path + " does not hold a key of 32 bytes")
      .with_hint("put the right file back; without it the sealed kubeconfigs cannot be opened");
}

// Written under another name first, so that a crash leaves no half key.
Result<std::string> make_file(const std::string& path, std::string key) {
  const std::string draft = path + ".new";
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed("writing " + draft, errno);
  const bool written = ::write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                       ::fsync(file) == 0;
  const int code = errno;
  ::close(file);
  if (!written) return failed("writing " + draft, code);
  if (::rename(draft.c_str(), path.c_str()) != 0) return failed("writing " + path, errno);
  return key;
}

Result<std::string> load_or_make_key(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return errno == ENOENT ? make_file(path, random_bytes(kKeyBytes))
                           : Result<std::string>(failed("reading " + path, errno));
  auto key = read_key(file, path);
  ::close(file);
  return key;
}

// A password of a person's own may stand there, too.
Result<std::string> load_or_make_password(const std::string& path) {
  constexpr std::size_t kLineMax = 4096;
  std::ifstream file(path);
  std::string line;
  if (file) {
    std::getline(file, line);
    if (!line.empty() && line.size() <= kLineMax) return line;
    return error(ErrorCode::corrupt, path + " does not begin with a password")
        .with_hint(
            "put the right file back; without it the copies in object stores cannot be read");
  }
  TRY(std::string made, make_file(path, hex(random_bytes(kKeyBytes)) + "\n"));
  made.pop_back();
  return made;
}

constexpr std::size_t kSigningKeyMax = 16 << 10;

}  // namespace

Result<SigningKey> load_or_make_signing_key(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (std::filesystem::exists(path)) return failed("reading " + path, EACCES);
    const SigningKey made = SigningKey::make();
    TRY(const std::string written, make_file(path, made.pem()));
    return made;
  }
  std::string text(kSigningKeyMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto key = SigningKey::from_pem(text);
  if (key.ok()) return key;
  return error(ErrorCode::corrupt, path + " holds no private key of Ed25519")
      .with_hint("put the right file back; or remove it, and new evidence is signed by a new key");
}

Result<DataFolder> DataFolder::open(const std::string& path) {
  TRY_VOID(make_folder(path));
  TRY(const int lock, take_lock(path));
  DataFolder folder(path, lock);
  TRY(folder.seal_key_, load_or_make_key(path + "/seal.key"));
  TRY(folder.repository_password_, load_or_make_password(path + "/repository.password"));
  TRY_VOID(make_folder(folder.store_folder()));
  std::error_code code;
  std::filesystem::remove_all(folder.scratch_folder(), code);
  TRY_VOID(make_folder(folder.scratch_folder()));
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      seal_key_(std::move(other.seal_key_)),
      repository_password_(std::move(other.repository_password_)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace salvor::server
