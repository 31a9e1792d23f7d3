// velero-backup.json: the Backup object that Velero's sync reads.
// https://velero.io/docs/main/api-types/backup/
#pragma once

#include <string>

#include "archive/writer.h"

namespace salvor::archive::internal {

std::string velero_backup_json(const BackupDescription& description);

}  // namespace salvor::archive::internal
