#include "repo/folder_scan.h"

#include <gtest/gtest.h>

#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

TEST(FolderScan, CountsWhatABackupReads) {
  testing::Scene scene;
  scene.source.write("a", "12345");
  scene.source.write("deep/er/b", std::string(1000, 'x'));
  ASSERT_EQ(::symlink("a", scene.source.path("link").c_str()), 0);
  Progress scanned, saved;

  ASSERT_TRUE(scan_folder(scene.context, scene.source.path(), scanned).ok());
  ASSERT_TRUE(scene.save({.progress = &saved}).ok());

  EXPECT_EQ(scanned.total_files, 2U);
  EXPECT_EQ(scanned.total_bytes, 1005U);
  EXPECT_EQ(saved.files, scanned.total_files);
  EXPECT_EQ(saved.bytes, scanned.total_bytes);
}

TEST(FolderScan, SetsNothingWhenItIsStopped) {
  testing::Scene scene;
  scene.source.write("a", "12345");
  std::stop_source stop;
  stop.request_stop();
  Context stopped = scene.context.stopped_by(stop.get_token());
  Progress progress;

  const auto scanned = scan_folder(stopped, scene.source.path(), progress);

  EXPECT_EQ(scanned.error().code, ErrorCode::cancelled);
  EXPECT_EQ(progress.total_files, 0U);
}

}  // namespace
}  // namespace salvor::repo
