#include "backup/copy_lock.h"

#include "archive/writer.h"

namespace salvor::backup {

// The archive first: it is small, and tells at once whether the bucket can lock objects.
Result<void> lock_copy(Context& context, const volume::CopyAccess& access,
                       const std::string& archive_name, const std::vector<std::string>& snapshots,
                       EpochSeconds until) {
  TRY_VOID(archive::lock_backup(context, *access.store, archive_name, until)
               .within("locking the archive"));
  return access.protect(context, snapshots, until).within("locking the volumes' data");
}

}  // namespace salvor::backup
