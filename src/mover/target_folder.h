// The folder that is restored to: a fresh file system, or one that a killed restore of the same
// snapshot has begun to fill.
#pragma once

#include <string>

#include "base/context.h"
#include "base/result.h"
#include "repo/index.h"
#include "repo/local_file.h"
#include "repo/repository.h"
#include "repo/root_folder.h"

namespace salvor::mover {

// A file ".salvor-restore-ID" in the folder says that all in it came from that snapshot, or will be
// replaced by what does; it stands there while a restore is at work.
class TargetFolder {
 public:
  // Marks the folder. Fails with conflict when it holds something that is not of the snapshot and
  // the mark is not there; "lost+found" is no such thing.
  static Result<TargetFolder> take(Context& context, const repo::Repository& repository,
                                   const repo::Index& index, const std::string& path,
                                   const repo::Id& snapshot, const repo::RootFolder& root);

  // Removes the mark, then gives the folder what `node` says of it, if anything does. A restore
  // that is killed in between is done again, and finds that all is there.
  Result<void> finish(const repo::RootFolder& root);

 private:
  TargetFolder(repo::Descriptor folder, std::string mark)
      : folder_(std::move(folder)), mark_(std::move(mark)) {}
  Result<void> set_mark();

  repo::Descriptor folder_;
  std::string mark_;  // its name
};

}  // namespace salvor::mover
