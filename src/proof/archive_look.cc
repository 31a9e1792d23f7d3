#include "proof/archive_look.h"

#include <nlohmann/json.hpp>

#include "archive/layout.h"
#include "archive/reader.h"
#include "base/json.h"

namespace salvor::proof {
namespace {

constexpr std::size_t kDescriptionMax = std::size_t{16} << 20;

bool tells_damage(const Error& failure) {
  return failure.code == ErrorCode::corrupt || failure.code == ErrorCode::not_found ||
         failure.code == ErrorCode::invalid;
}

// What is wrong with the object that makes a folder a backup, if anything is; that it is there is
// the reader's to see.
Result<void> look_at_description(Context& context, objectstore::Store& store,
                                 const std::string& name, std::vector<Problem>& problems) {
  const std::string object = archive::description_object(name);
  std::string text;
  const auto read = store.get(context, object, [&](std::string_view bytes) -> Result<void> {
    if (text.size() + bytes.size() > kDescriptionMax)
      return error(ErrorCode::corrupt, "it is larger than a description can be");
    text += bytes;
    return {};
  });
  if (!read.ok() && !tells_damage(read.error())) return read;
  std::string wrong = read.ok() ? "" : read.error().message;
  const auto json = parse_json(text);
  if (wrong.empty() && !json.ok()) wrong = json.error().message;
  if (wrong.empty() && text_at(member(*json, "metadata"), "name") != name)
    wrong = "it is not of backup " + name;
  if (!wrong.empty()) problems.push_back({Reason::description_damaged, object, wrong});
  return {};
}

// What only a tarball has.
Result<void> look_at_tarball(Context& context, objectstore::Store& store,
                             const archive::ArchiveSeal& seal, std::vector<Problem>& problems) {
  if (seal.sha256.empty())
    problems.push_back({Reason::archive_unsealed, seal.describe(), "it has no checksum"});
  return look_at_description(context, store, seal.name, problems);
}

}  // namespace

Result<ArchiveLook> look_at_archive(Context& context, const archive::Source& source,
                                    const archive::ArchiveSeal& seal, const Listed& listed) {
  ArchiveLook look;
  const std::string object = seal.describe();
  if (!seal.is_there()) {
    look.problems.push_back({Reason::archive_missing, "archive", "no archive is known of it"});
    return look;
  }
  ArchiveContents contents;
  const auto take = [&](const archive::ItemName& item, std::string_view json) -> Result<void> {
    ++look.objects;
    contents.add(item, json);
    return context.check();
  };
  const auto ignore = [&](const archive::ItemName&, std::string_view) { return context.check(); };
  const auto read = archive::read_items(context, source, seal, {.items = take, .versions = ignore});
  TRY_VOID(context.check());
  if (!read.ok()) {
    if (!tells_damage(read.error())) return read.error();
    const bool is_gone = read.error().code == ErrorCode::not_found;
    look.problems.push_back({is_gone ? Reason::archive_missing : Reason::archive_damaged, object,
                             read.error().message});
    return look;
  }
  look.bytes = seal.size_bytes;
  if (seal.snapshot.empty()) {
    TRY_VOID(look_at_tarball(context, source.store, seal, look.problems));
  }
  for (Problem& problem : contents.problems(listed)) look.problems.push_back(std::move(problem));
  return look;
}

}  // namespace salvor::proof
