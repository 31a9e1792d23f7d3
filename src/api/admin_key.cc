#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/api.h"
#include "api/credentials.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

Error file_error(const std::string& doing, const std::string& file) {
  const int reason = errno;
  const ErrorCode code = reason == ENOSPC ? ErrorCode::exhausted : ErrorCode::denied;
  return error(code, doing + " " + file + ": " + std::strerror(reason));
}

Result<void> write_all(int descriptor, const std::string& text, const std::string& file) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("writing the key file", file);
    done += static_cast<std::size_t>(count);
  }
  if (::fsync(descriptor) != 0) return file_error("writing the key file", file);
  return {};
}

// Under another name first, so that a crash leaves no half a key behind.
Result<void> write_key(const std::string& file, const std::string& key) {
  const std::string draft = file + ".new";
  ::unlink(draft.c_str());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return file_error("creating the key file", file);
  Result<void> written = write_all(descriptor, key + "\n", file);
  ::close(descriptor);
  if (!written) return written;
  if (::rename(draft.c_str(), file.c_str()) != 0) return file_error("naming the key file", file);
  return {};
}

// The key that the file holds; empty when there is no file.
Result<std::string> read_key(const std::string& file) {
  if (::access(file.c_str(), F_OK) != 0) return std::string();
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return error(ErrorCode::denied, "reading the key file " + file);
  std::string key = text.str();
  key.resize(key.find_last_not_of(" \t\r\n") + 1);
  if (is_key(key)) return key;
  return error(ErrorCode::invalid, "the key file " + file + " holds no API key")
      .with_hint("remove it, and the next start makes a fresh one");
}

Result<bool> has_admin_key(Context& context, catalog::Catalog& catalog) {
  catalog::Query query;
  query.filter = schema::equals("org_role", "ADMIN");
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "apikeys", query));
  return !page.documents.empty();
}

}  // namespace

Result<void> ensure_admin_key(Context& context, catalog::Catalog& catalog,
                              const std::string& file) {
  TRY(const bool is_done, has_admin_key(context, catalog));
  if (is_done) return {};
  TRY(std::string key, read_key(file));
  if (key.empty()) {
    key = new_key();
    TRY_VOID(write_key(file, key));
  }
  const schema::Resource* resource = resources::find("apikeys");
  CHECK(resource != nullptr);
  const Json document =
      schema::with_defaults(*resource, {{"name", "admin"},
                                        {"description", "made at the first start"},
                                        {"org_role", "ADMIN"},
                                        {"snippet", key_snippet(key)},
                                        {"hash", key_hash(key)}});
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::Insert{"apikeys", "", document});
  TRY_VOID(catalog.commit(context, transaction));
  return {};
}

}  // namespace salvor::api
