#include "cli/repository_flags.h"

#include <istream>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/store_flags.h"

namespace salvor::cli {
namespace {

constexpr std::chrono::minutes kLockWait{5};

std::string setting(const Session& session, const Arguments& arguments, const std::string& flag,
                    const std::string& variable) {
  return arguments.text(flag, session.io().environment(variable).value_or(""));
}

}  // namespace

Result<std::string> read_password(const std::string& file) {
  TRY(const std::string text, read_file(file));
  return text.substr(0, text.find_first_of("\r\n"));
}

Command repo_command(Command command) {
  const std::vector<Option> more = {
      {.name = "repo",
       .value = "LOCATION",
       .doc = std::string("Where the repository is: ") + kLocationDoc + " [SALVOR_REPO]",
       .offers = Offers::files},
      {.name = "password-file",
       .value = "FILE",
       .doc = "File whose first line is the password [SALVOR_REPO_PASSWORD_FILE]; else "
              "SALVOR_REPO_PASSWORD, else it is asked for",
       .offers = Offers::files}};
  for (const std::vector<Option>& options : {more, store_options()})
    command.options.insert(command.options.end(), options.begin(), options.end());
  return command;
}

Result<repo::Lock> lock_repository(Session& session, const repo::Repository& repository,
                                   repo::LockKind kind) {
  return repo::Lock::acquire(session.context(), repository, kind, repo::this_process(),
                             {.most = kLockWait});
}

Positional snapshot_positional() {
  return {.name = "SNAPSHOT", .doc = "A snapshot's id or its beginning, or latest"};
}

Result<repo::Snapshot> chosen_snapshot(Context& context, const repo::Repository& repository,
                                       const Arguments& arguments) {
  TRY(const auto snapshots, repo::load_snapshots(context, repository));
  return repo::choose_snapshot(snapshots, arguments.text("SNAPSHOT"));
}

Result<std::unique_ptr<objectstore::Store>> open_store(Session& session,
                                                       const Arguments& arguments) {
  const std::string location = setting(session, arguments, "repo", "SALVOR_REPO");
  if (location.empty()) return usage_error("no repository is named", "give --repo LOCATION");
  return open_store(session, arguments, location);
}

Result<std::string> repository_password(Session& session, const Arguments& arguments,
                                        const std::string& question) {
  const Io& io = session.io();
  const std::string file =
      setting(session, arguments, "password-file", "SALVOR_REPO_PASSWORD_FILE");
  std::string password;
  if (!file.empty()) {
    TRY(password, read_password(file));
  } else if (const auto given = io.environment("SALVOR_REPO_PASSWORD")) {
    password = *given;
  } else if (io.read_secret) {
    io.err << question << ": " << std::flush;
    password = io.read_secret();
    io.err << "\n";
  }
  if (!password.empty()) return password;
  return usage_error("no password is given",
                     "give --password-file FILE, or set SALVOR_REPO_PASSWORD");
}

Result<OpenRepository> open_repository(Session& session, const Arguments& arguments) {
  TRY(auto store, open_store(session, arguments));
  TRY(const std::string password,
      repository_password(session, arguments, "Password of the repository"));
  TRY(repo::Repository repository,
      repo::Repository::open(session.context(), {*store, ""}, password));
  return OpenRepository{std::move(store), std::move(repository)};
}

}  // namespace salvor::cli
