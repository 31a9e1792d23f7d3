// The repository of a CopyAccess, in memory: its snapshots of small files, and what became of its
// snapshots. It must outlive what opens it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "volume/copy_access.h"

namespace salvor::volume::testing {

struct FakeCopies {
  using Files = std::map<std::string, std::string>;
  struct Snapshot {
    FilesLabel label;
    Files files;
  };

  // What is not about small files is left for the test to fill in.
  CopyAccess open();

  std::map<std::string, Snapshot> snapshots;
  unsigned sources_asked = 0;
  std::vector<std::string> forgotten;
  std::function<Result<void>()> obstacle = [] { return Result<void>(); };  // of each call

 private:
  Result<CopiedFiles> save(const FilesLabel& label, const FileSource& source);
  Result<void> read(const std::string& snapshot, const FileTaker& taker);
  Result<std::vector<LabelledFiles>> list(const std::string& path);
};

}  // namespace salvor::volume::testing
