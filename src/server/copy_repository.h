// The repository of one cluster's copies in an object store. What volume::CopyAccess promises of it
// is done here; it is opened anew for each piece of work, as those are rare and long.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "base/file_stream.h"
#include "objectstore/location.h"
#include "volume/copy_access.h"

namespace salvor::server {

// Any thread may call.
class CopyRepository {
 public:
  // `location` as restic writes it.
  CopyRepository(std::string location, objectstore::StoreAccess access, std::string password)
      : location_(std::move(location)),
        access_(std::move(access)),
        password_(std::move(password)) {}

  using Snapshots = std::vector<std::string>;
  Result<void> forget(Context& context, const Snapshots& snapshots) const;
  Result<void> protect(Context& context, const Snapshots& snapshots, EpochSeconds until) const;
  Result<void> check(Context& context, const Snapshots& snapshots,
                     const volume::OnCopyChecked& on_checked) const;
  Result<volume::CopiedFiles> save_files(Context& context, const volume::FilesLabel& label,
                                         const FileSource& source) const;
  Result<void> read_files(Context& context, const std::string& snapshot,
                          const FileTaker& taker) const;

  Result<std::vector<volume::LabelledFiles>> list_files(Context& context,
                                                        const std::string& path) const;

 private:
  std::string location_;
  objectstore::StoreAccess access_;
  std::string password_;
};

}  // namespace salvor::server
