#include "objectstore/directory.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "objectstore/testing/folder.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

namespace fs = std::filesystem;

class DirectoryStore : public ::testing::Test {
 protected:
  ScratchFolder folder_;
  std::unique_ptr<Store> store_ = open_directory_store(folder_.path()).value();
  Context context_ = background();
};

// Makes the kernel refuse files longer than `bytes`, as a full disk does, while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(DirectoryStore, KeepsObjectsOverAReopen) {
  ASSERT_TRUE(put_all(*store_, "a/b", "kept").ok());

  const auto again = open_directory_store(folder_.path()).value();

  EXPECT_EQ(get_all(*again, "a/b").value(), "kept");
}

TEST_F(DirectoryStore, IsExhaustedByAFullDiskAndLeavesNothing) {
  {
    const FileSizeLimit limit(1000);
    const auto put = put_all(*store_, "a/b", std::string(5000, 'x'));
    EXPECT_EQ(put.error().code, ErrorCode::exhausted);
    EXPECT_NE(put.error().hint, "");
  }

  EXPECT_EQ(folder_.files(), 0U);
  EXPECT_TRUE(put_all(*store_, "a/b", std::string(5000, 'x')).ok());
}

TEST_F(DirectoryStore, CleanRemovesWhatADeadWriterLeft) {
  ASSERT_TRUE(put_all(*store_, "a", "x").ok());
  std::ofstream(folder_.path() + "/.uploads~/0123") << "half";
  ASSERT_EQ(folder_.files(), 2U);

  ASSERT_TRUE(store_->clean(context_).ok());

  EXPECT_EQ(folder_.files(), 1U);
}

TEST_F(DirectoryStore, KeepsObjectsFromOtherUsers) {
  ASSERT_TRUE(put_all(*store_, "a/b", "secret").ok());

  struct stat file {};
  struct stat folder {};
  ASSERT_EQ(::stat((folder_.path() + "/a/b").c_str(), &file), 0);
  ASSERT_EQ(::stat((folder_.path() + "/a").c_str(), &folder), 0);
  EXPECT_EQ(file.st_mode & 07777U, 0600U);
  EXPECT_EQ(folder.st_mode & 07777U, 0700U);
}

TEST_F(DirectoryStore, RemovesFoldersWithTheirLastObject) {
  ASSERT_TRUE(put_all(*store_, "a/b/c", "x").ok());
  ASSERT_TRUE(put_all(*store_, "a/d", "x").ok());

  ASSERT_TRUE(store_->remove(context_, "a/b/c").ok());

  EXPECT_FALSE(fs::exists(folder_.path() + "/a/b"));
  EXPECT_TRUE(fs::exists(folder_.path() + "/a/d"));
}

TEST_F(DirectoryStore, NeitherListsNorFollowsLinksAndStrangeNames) {
  const ScratchFolder outside;
  std::ofstream(outside.path() + "/secret") << "x";
  fs::create_symlink(outside.path() + "/secret", folder_.path() + "/file-link");
  fs::create_directory_symlink(outside.path(), folder_.path() + "/folder-link");
  std::ofstream(folder_.path() + "/lost found") << "x";

  EXPECT_EQ(names_in(*store_, ""), Names{});
  EXPECT_EQ(get_all(*store_, "file-link").error().code, ErrorCode::not_found);
}

TEST_F(DirectoryStore, RefusesAnObjectBelowAnotherObject) {
  ASSERT_TRUE(put_all(*store_, "a", "x").ok());

  EXPECT_EQ(put_all(*store_, "a/b", "x").error().code, ErrorCode::conflict);

  EXPECT_EQ(folder_.files(), 1U);
}

TEST_F(DirectoryStore, FindsAnObjectThatShrankWhileItWasRead) {
  ASSERT_TRUE(put_all(*store_, "a", std::string(600'000, 'x')).ok());

  const auto read = store_->get(context_, "a", [&](std::string_view) -> Result<void> {
    fs::resize_file(folder_.path() + "/a", 1000);
    return {};
  });

  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

TEST(OpenDirectoryStore, RefusesAFileAndAnEmptyPath) {
  const ScratchFolder folder;
  std::ofstream(folder.path() + "/file") << "x";

  EXPECT_FALSE(open_directory_store(folder.path() + "/file").ok());
  EXPECT_FALSE(open_directory_store(folder.path() + "/file/below").ok());
  EXPECT_EQ(open_directory_store("").error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace salvor::objectstore::testing
