#include "cli/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

unsigned mode_of(const std::string& path) {
  struct stat facts {};
  CHECK(stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

TEST(Files, WritesWhatOnlyTheOwnerMayRead) {
  const testing::ScratchFolder folder;
  const std::string path = folder.path("a/b/file");

  ASSERT_TRUE(write_private_file(path, "secret").ok());

  EXPECT_EQ(*read_file(path), "secret");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(folder.path("a/b")), 0700U);
}

TEST(Files, ReplacesAFileThatOthersCouldRead) {
  const testing::ScratchFolder folder;
  const std::string path = folder.write("file", "old");
  chmod(path.c_str(), 0644);

  ASSERT_TRUE(write_private_file(path, "new").ok());

  EXPECT_EQ(*read_file(path), "new");
  EXPECT_EQ(mode_of(path), 0600U);
}

TEST(Files, NamesTheFileThatIsMissing) {
  const Result<std::string> missing = read_file("/no/such/file");

  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message, "/no/such/file: No such file or directory");
}

TEST(Files, RefusesAFolder) {
  EXPECT_EQ(read_file("/tmp").error().message, "/tmp is a folder, not a file");
}

TEST(Files, LeavesNothingBehindWhenItCannotWrite) {
  const testing::ScratchFolder folder;
  std::filesystem::create_directories(folder.path("taken/inside"));

  EXPECT_FALSE(write_private_file(folder.path("taken"), "text").ok());

  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")), {}), 1);
}

}  // namespace
}  // namespace salvor::cli
