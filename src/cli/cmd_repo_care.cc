#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/repository_flags.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/work_line.h"
#include "repo/prune.h"

namespace salvor::cli {
namespace {

Result<ExitCode> forget(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(repo::Lock held, lock_repository(session, opened.repository, repo::LockKind::exclusive));
  Context& context = held.context();
  TRY(const repo::Snapshot snapshot, chosen_snapshot(context, opened.repository, arguments));
  TRY_VOID(opened.repository.remove(context, repo::FileKind::snapshot, snapshot.id()));
  session.io().out << "snapshot " << snapshot.id().brief() << " of " << snapshot.time()
                   << " forgotten; salvor repo prune frees its room\n";
  return ExitCode::ok;
}

Result<repo::Pruned> pruned_repository(Session& session, Context& context,
                                       const repo::Repository& repository) {
  WorkLine line(session, "pruning");
  return repo::prune(context, repository, {.progress = &line.progress()});
}

Result<ExitCode> prune(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(repo::Lock held, lock_repository(session, opened.repository, repo::LockKind::exclusive));
  TRY(const repo::Pruned pruned, pruned_repository(session, held.context(), opened.repository));
  std::ostream& out = session.io().out;
  if (is_for_programs(session.format())) {
    out << document_text({{"packs_removed", pruned.packs_removed},
                          {"packs_rewritten", pruned.packs_rewritten},
                          {"bytes_removed", pruned.bytes_removed},
                          {"bytes_unused", pruned.bytes_unused},
                          {"packs_locked", pruned.packs_locked}},
                         session.format());
    return ExitCode::ok;
  }
  const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  out << "removed " << counted(number(pruned.packs_removed), "pack") << " of "
      << byte_size(number(pruned.bytes_removed)) << ", after " << number(pruned.packs_rewritten)
      << " of them were written anew; " << byte_size(number(pruned.bytes_unused))
      << " that nobody needs remain\n";
  if (pruned.packs_locked > 0)
    out << counted(number(pruned.packs_locked), "pack") << " cannot go yet: the store has "
        << "locked them\n";
  return ExitCode::ok;
}

Result<ExitCode> add_key(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(const std::string password, read_password(arguments.text("NEW-PASSWORD-FILE")));
  const repo::LockOwner we = repo::this_process();
  TRY(const repo::Id id,
      opened.repository.add_key(session.context(), password, {we.username, we.hostname}));
  session.io().out << "key " << id.brief() << " added\n";
  return ExitCode::ok;
}

Result<ExitCode> list_keys(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(const auto keys, opened.repository.list_keys(session.context()));
  Json items = Json::array();
  Table table({{"ID"}, {"OPENED WITH IT"}});
  for (const repo::StoredFile& key : keys) {
    const bool is_ours = key.id == opened.repository.opened_with();
    table.add({{key.id.brief()}, {is_ours ? "*" : ""}});
    items.push_back({{"id", key.id.hex()}, {"current", is_ours}});
  }
  std::ostream& out = session.io().out;
  if (is_for_programs(session.format())) {
    out << document_text({{"items", std::move(items)}}, session.format());
  } else {
    out << table.text(session.out_style(), session.table_width());
  }
  return ExitCode::ok;
}

Result<ExitCode> remove_key(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(const auto keys, opened.repository.list_keys(session.context()));
  const std::string word = arguments.text("KEY");
  std::vector<repo::Id> chosen;
  for (const repo::StoredFile& key : keys) {
    if (!word.empty() && key.id.hex().starts_with(word)) chosen.push_back(key.id);
  }
  if (chosen.empty()) return error(ErrorCode::not_found, "there is no key \"" + word + "\"");
  if (chosen.size() > 1) return usage_error("more than one key begins so", "give more of its id");
  if (chosen[0] == opened.repository.opened_with()) {
    return usage_error("this is the key of the password that was given",
                       "open the repository with another of its passwords");
  }
  TRY_VOID(opened.repository.remove_key(session.context(), chosen[0]));
  session.io().out << "key " << chosen[0].brief() << " removed\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> repo_care_commands() {
  return {
      repo_command({.path = "repo forget",
                    .summary = "Remove a snapshot; its data stays until prune",
                    .positionals = {snapshot_positional()},
                    .run = forget}),
      repo_command(
          {.path = "repo prune", .summary = "Remove what no snapshot needs", .run = prune}),
      repo_command({.path = "repo keys", .summary = "List the keys", .run = list_keys}),
      repo_command({.path = "repo add-key",
                    .summary = "Let another password open the repository",
                    .positionals = {{.name = "NEW-PASSWORD-FILE",
                                     .doc = "File whose first line is the new password",
                                     .offers = Offers::files}},
                    .run = add_key}),
      repo_command({.path = "repo remove-key",
                    .summary = "Let a password open the repository no more",
                    .positionals = {{.name = "KEY", .doc = "The key's id or its beginning"}},
                    .run = remove_key}),
  };
}

}  // namespace salvor::cli
