// One backup, from what is there already to the snapshot.
#pragma once

#include <string>

#include "base/context.h"
#include "base/result.h"
#include "repo/folder_saver.h"
#include "repo/repository.h"
#include "repo/snapshot.h"

namespace salvor::repo {

struct SavedSnapshot {
  Snapshot snapshot;
  SavedFolder folder;
};

// Saves the folder as a snapshot with these facts, but tree and summary, which are found out. Takes
// up what backups that were killed have left. `facts.parent`: a snapshot whose unchanged files are
// not read again; when it is none, or gone: the newest of that host and path. Requires: a lock.
// Fails as save_folder does.
Result<SavedSnapshot> save_snapshot(Context& context, const Repository& repository,
                                    const std::string& folder, SnapshotFacts facts,
                                    SaveOptions options = {});

}  // namespace salvor::repo
