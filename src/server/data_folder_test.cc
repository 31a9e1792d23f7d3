#include "server/data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace salvor::server {
namespace {

class DataFolderTest : public ::testing::Test {
 protected:
  DataFolderTest() {
    char name[] = "/tmp/salvor-data-folder-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~DataFolderTest() override { std::filesystem::remove_all(path_); }

  std::string path_;
};

TEST_F(DataFolderTest, KeepsItsKeyOverRestarts) {
  const std::string first = DataFolder::open(path_).value().seal_key();

  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(DataFolder::open(path_).value().seal_key(), first);
}

TEST_F(DataFolderTest, IsPrivate) {
  const DataFolder folder = DataFolder::open(path_ + "/new").value();

  struct stat facts {};
  ASSERT_EQ(stat((path_ + "/new").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);
  ASSERT_EQ(stat((path_ + "/new/seal.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(DataFolderTest, TheSigningKeyIsMadeOnceAndPrivate) {
  const std::string file = path_ + "/evidence.key";

  const auto made = load_or_make_signing_key(file);

  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(load_or_make_signing_key(file).value().public_pem(), made->public_pem());
  struct stat facts {};
  ASSERT_EQ(stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(DataFolderTest, ADamagedSigningKeyIsNotReplaced) {
  const std::string file = path_ + "/evidence.key";
  std::ofstream(file) << "no key";

  EXPECT_EQ(load_or_make_signing_key(file).error().code, ErrorCode::corrupt);
  EXPECT_EQ(load_or_make_signing_key(path_ + "/none/evidence.key").error().code,
            ErrorCode::exhausted);
}

TEST_F(DataFolderTest, IsHeldByOneAtATime) {
  const auto held = DataFolder::open(path_);

  EXPECT_EQ(DataFolder::open(path_).error().code, ErrorCode::conflict);
}

TEST_F(DataFolderTest, EmptiesTheScratchFolder) {
  const std::string left = DataFolder::open(path_).value().scratch_folder() + "/left";
  std::ofstream(left) << "secret";

  ASSERT_TRUE(DataFolder::open(path_).ok());

  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(DataFolderTest, RefusesADamagedKeyInsteadOfMakingANewOne) {
  ASSERT_TRUE(DataFolder::open(path_).ok());
  std::ofstream(path_ + "/seal.key") << "short";

  EXPECT_EQ(DataFolder::open(path_).error().code, ErrorCode::corrupt);
}

TEST_F(DataFolderTest, SaysWhichFolderCannotBeMade) {
  std::ofstream(path_ + "/file") << "x";

  EXPECT_NE(DataFolder::open(path_ + "/file/data").error().message.find("/file/data"),
            std::string::npos);
}

}  // namespace
}  // namespace salvor::server
