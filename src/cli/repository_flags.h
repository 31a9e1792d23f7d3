// The flags of commands that work on a repository itself, without a server: where it is, and the
// password that opens it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/session.h"
#include "objectstore/store.h"
#include "repo/lock.h"
#include "repo/repository.h"
#include "repo/snapshot.h"

namespace salvor::cli {

// The command with these flags.
Command repo_command(Command command);

// The store and the repository in it, which borrows it.
struct OpenRepository {
  std::unique_ptr<objectstore::Store> store;
  repo::Repository repository;
};

// Of --repo, else $SALVOR_REPO; the password of --password-file, else $SALVOR_REPO_PASSWORD_FILE,
// else $SALVOR_REPO_PASSWORD, else asked for. Usage errors when none is given.
Result<OpenRepository> open_repository(Session& session, const Arguments& arguments);

// Waits a few minutes for others who use it.
Result<repo::Lock> lock_repository(Session& session, const repo::Repository& repository,
                                   repo::LockKind kind);

Positional snapshot_positional();
Result<repo::Snapshot> chosen_snapshot(Context& context, const repo::Repository& repository,
                                       const Arguments& arguments);

Result<std::unique_ptr<objectstore::Store>> open_store(Session& session,
                                                       const Arguments& arguments);
// The first line of a file.
Result<std::string> read_password(const std::string& file);
// `question`: what a person is asked.
Result<std::string> repository_password(Session& session, const Arguments& arguments,
                                        const std::string& question);

}  // namespace salvor::cli
