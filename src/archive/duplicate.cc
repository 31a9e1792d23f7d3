#include "archive/duplicate.h"

#include <nlohmann/json.hpp>

#include "archive/internal/hash.h"
#include "archive/layout.h"
#include "base/json.h"

namespace salvor::archive {
namespace {

// The one file that has a backup's name in it.
constexpr std::size_t kDescriptionMax = std::size_t{16} << 20;

// "backups/a/a-logs.gz" as "backups/b/b-logs.gz".
std::string renamed(const std::string& object, const std::string& from, const std::string& to) {
  const std::string folder = "backups/" + from + "/" + from;
  CHECK(object.starts_with(folder));
  return "backups/" + to + "/" + to + object.substr(folder.size());
}

Result<std::string> copy_object(Context& context, objectstore::Store& from,
                                const std::string& source, objectstore::Store& to,
                                const std::string& target) {
  internal::Sha256 digest;
  TRY(const std::unique_ptr<objectstore::Upload> upload, to.put(context, target));
  TRY_VOID(from.get(context, source, [&](std::string_view bytes) -> Result<void> {
    digest.update(bytes);
    return upload->write(context, std::string(bytes));
  }));
  TRY_VOID(upload->finish(context));
  return digest.finish();
}

Result<void> copy_description(Context& context, objectstore::Store& from, const std::string& source,
                              objectstore::Store& to, const std::string& name) {
  std::string text;
  TRY_VOID(from.get(context, description_object(source), [&](std::string_view bytes) {
    if (text.size() + bytes.size() > kDescriptionMax) {
      return Result<void>(error(ErrorCode::corrupt, "the backup's description is too large"));
    }
    text += bytes;
    return Result<void>();
  }));
  TRY(Json description, parse_json(text));
  if (!member(description, "metadata").is_object()) {
    return error(ErrorCode::corrupt, "the backup's description has no metadata");
  }
  description["metadata"]["name"] = name;
  TRY(const auto upload, to.put(context, description_object(name)));
  TRY_VOID(upload->write(context, compact(description)));
  return upload->finish(context);
}

// Whether an earlier try came to its end, which the description is.
Result<bool> is_whole(Context& context, objectstore::Store& store, const ArchiveSeal& seal) {
  const auto end = store.stat(context, description_object(seal.name));
  if (!end.ok() && end.error().code == ErrorCode::not_found) return false;
  if (!end.ok()) return end.error();
  internal::Sha256 digest;
  const auto read = store.get(context, tarball_object(seal.name), [&](std::string_view bytes) {
    digest.update(bytes);
    return Result<void>();
  });
  if (!read.ok() && read.error().code == ErrorCode::not_found) return false;
  if (!read.ok()) return read.error();
  return digest.finish() == seal.sha256;
}

}  // namespace

Result<ArchiveSeal> duplicate(Context& context, objectstore::Store& from, const ArchiveSeal& seal,
                              objectstore::Store& to, const std::string& name) {
  ArchiveSeal copied = seal;
  copied.name = name;
  // It may be locked already.
  TRY(const bool is_there, is_whole(context, to, copied).within("looking at an earlier try"));
  if (is_there) return copied;
  TRY_VOID(remove_backup(context, to, name).within("removing what an earlier try left"));
  const std::string tarball = tarball_object(seal.name);
  const std::string folder = "backups/" + seal.name + "/";
  TRY(const std::vector<objectstore::ObjectInfo> objects, from.list(context, folder));
  for (const objectstore::ObjectInfo& object : objects) {
    if (object.name == description_object(seal.name)) continue;
    TRY(const std::string digest,
        copy_object(context, from, object.name, to, renamed(object.name, seal.name, name))
            .within("copying " + object.name));
    if (object.name == tarball && digest != seal.sha256) {
      return error(ErrorCode::corrupt, "the archive " + seal.name + " is not what was written")
          .with_hint("the copy was not made; use another recovery point");
    }
  }
  TRY_VOID(copy_description(context, from, seal.name, to, name));
  return copied;
}

}  // namespace salvor::archive
