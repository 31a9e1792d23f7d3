#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/repository_flags.h"
#include "cli/text.h"
#include "cli/work_line.h"
#include "repo/folder_restorer.h"
#include "repo/folder_scan.h"
#include "repo/lock.h"
#include "repo/snapshot.h"
#include "repo/snapshot_saver.h"

namespace salvor::cli {
namespace {

Result<ExitCode> init(Session& session, const Arguments& arguments) {
  TRY(const auto store, open_store(session, arguments));
  TRY(const std::string password,
      repository_password(session, arguments, "Password for the new repository"));
  const repo::LockOwner we = repo::this_process();
  TRY(const auto made, repo::Repository::create(session.context(), {*store, ""}, password,
                                                {we.username, we.hostname}));
  session.io().out << "repository " << made.config().id.substr(0, 8) << " made\n"
                   << "Without its password nobody can read it: keep that in a safe place.\n";
  return ExitCode::ok;
}

// What could not be saved or restored, for people, on standard error.
void print_problems(Session& session, const std::vector<repo::EntryProblem>& problems,
                    std::uint64_t count) {
  std::ostream& err = session.io().err;
  for (const repo::EntryProblem& problem : problems)
    err << "problem: " << visible(problem.path) << ": " << visible(problem.failure.describe())
        << "\n";
  if (count > problems.size())
    err << "and " << grouped(static_cast<std::int64_t>(count - problems.size())) << " more\n";
}

Result<repo::SavedSnapshot> back_up(Session& session, Context& context,
                                    const repo::Repository& repository,
                                    const Arguments& arguments) {
  const std::string folder = arguments.text("FOLDER");
  const repo::LockOwner we = repo::this_process();
  std::error_code failure;
  const auto path = std::filesystem::absolute(folder, failure).lexically_normal();
  const repo::SnapshotFacts facts{.path = arguments.text("as", path.string()),
                                  .hostname = arguments.text("host", we.hostname),
                                  .username = we.username,
                                  .tags = arguments.list("tag")};
  WorkLine line(session, "saving");
  const repo::FolderScan scan(context, folder, line.progress());
  return repo::save_snapshot(context, repository, folder, facts, {.progress = &line.progress()});
}

Result<ExitCode> backup(Session& session, const Arguments& arguments) {
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(repo::Lock held, lock_repository(session, opened.repository, repo::LockKind::shared));
  TRY(const repo::SavedSnapshot made,
      back_up(session, held.context(), opened.repository, arguments));
  const auto& [snapshot, saved] = made;
  print_problems(session, saved.problems, saved.problem_count);
  std::ostream& out = session.io().out;
  if (is_for_programs(session.format())) {
    Json json = snapshot.json();
    json["id"] = snapshot.id().hex();
    json["problems"] = saved.problem_count;
    out << document_text(json, session.format());
  } else {
    const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
    out << "snapshot " << snapshot.id().brief() << ": "
        << counted(number(saved.counts.files_new), "new file") << ", "
        << counted(number(saved.counts.files_changed), "changed file") << ", "
        << counted(number(saved.counts.files_unmodified), "unchanged file") << ", "
        << byte_size(number(saved.counts.bytes)) << "; stored "
        << byte_size(number(saved.saved.packed)) << "\n";
  }
  return saved.problem_count == 0 ? ExitCode::ok : ExitCode::job_partial;
}

Result<repo::RestoredFolder> restored_folder(Session& session, Context& context,
                                             const repo::Repository& repository,
                                             const repo::Snapshot& snapshot,
                                             const std::string& target) {
  TRY(const repo::Index index, repository.load_index(context));
  WorkLine line(session, "restoring");
  line.progress().total_bytes = snapshot.count("total_bytes_processed");
  return repo::restore_folder(context, repository, index, snapshot.tree(), target,
                              {.progress = &line.progress()});
}

Result<ExitCode> restore(Session& session, const Arguments& arguments) {
  if (!arguments.has("target")) return usage_error("no target is given", "give --target FOLDER");
  TRY(const OpenRepository opened, open_repository(session, arguments));
  TRY(repo::Lock held, lock_repository(session, opened.repository, repo::LockKind::shared));
  Context& context = held.context();
  TRY(const repo::Snapshot snapshot, chosen_snapshot(context, opened.repository, arguments));
  TRY(const repo::RestoredFolder restored,
      restored_folder(session, context, opened.repository, snapshot, arguments.text("target")));
  print_problems(session, restored.problems, restored.problem_count);
  const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  std::ostream& out = session.io().out;
  if (is_for_programs(session.format())) {
    out << document_text({{"snapshot", snapshot.id().hex()},
                          {"files", restored.counts.files},
                          {"folders", restored.counts.folders},
                          {"others", restored.counts.others},
                          {"bytes", restored.counts.bytes},
                          {"problems", restored.problem_count}},
                         session.format());
  } else {
    out << "restored " << counted(number(restored.counts.files), "file") << ", "
        << counted(number(restored.counts.folders), "folder") << ", "
        << byte_size(number(restored.counts.bytes)) << "; every blob was verified\n";
  }
  return restored.problem_count == 0 ? ExitCode::ok : ExitCode::job_partial;
}

}  // namespace

std::vector<Command> repo_commands() {
  return {
      repo_command(
          {.path = "repo init",
           .summary = "Make a repository",
           .details = "Repositories have restic's format: restic reads and writes them, too.",
           .run = init}),
      repo_command(
          {.path = "repo backup",
           .summary = "Save a folder's content as a snapshot",
           .positionals = {{.name = "FOLDER", .doc = "What to save", .offers = Offers::files}},
           .options = {{.name = "host",
                        .value = "NAME",
                        .doc =
                            "What the snapshot says of its host, instead of this machine's name"},
                       {.name = "as",
                        .value = "PATH",
                        .doc = "What the snapshot says of its path, instead of the folder's"},
                       {.name = "tag",
                        .takes = Takes::many,
                        .value = "TEXT",
                        .doc = "A tag of the snapshot"}},
           .run = backup}),
      repo_command({.path = "repo restore",
                    .summary = "Restore a snapshot into a folder",
                    .positionals = {snapshot_positional()},
                    .options = {{.name = "target",
                                 .value = "FOLDER",
                                 .doc = "Where to restore to; what is in a file's way is replaced",
                                 .offers = Offers::files}},
                    .run = restore}),
  };
}

}  // namespace salvor::cli
