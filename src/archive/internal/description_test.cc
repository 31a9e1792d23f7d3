#include "archive/internal/description.h"

#include <gtest/gtest.h>

namespace salvor::archive::internal {
namespace {

// The whole text, as a diff to review when it changes: Velero decodes it strictly by name.
TEST(VeleroBackup, HasTheTextThatVeleroReads) {
  BackupDescription description;
  description.name = "b1";
  description.start_time = 1'602'277'544;
  description.end_time = 1'602'277'553;
  description.items = 7;
  description.warnings = 1;
  description.source_git_version = "v1.34.4";
  description.source_major = "1";
  description.source_minor = "34";

  EXPECT_EQ(
      velero_backup_json(description),
      R"({"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"annotations":{)"
      R"("velero.io/source-cluster-k8s-gitversion":"v1.34.4",)"
      R"("velero.io/source-cluster-k8s-major-version":"1",)"
      R"("velero.io/source-cluster-k8s-minor-version":"34"},)"
      R"("creationTimestamp":"2020-10-09T21:05:44Z",)"
      R"("labels":{"velero.io/storage-location":"default"},"name":"b1","namespace":"velero"},)"
      R"("spec":{"includedNamespaces":["*"],"snapshotVolumes":false,"storageLocation":"default"},)"
      R"("status":{"completionTimestamp":"2020-10-09T21:05:53Z","formatVersion":"1.1.0",)"
      R"("phase":"Completed","progress":{"itemsBackedUp":7,"totalItems":7},)"
      R"("startTimestamp":"2020-10-09T21:05:44Z","version":1,"warnings":1}})");
}

}  // namespace
}  // namespace salvor::archive::internal
