#include "archive/spool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/random.h"
#include "objectstore/testing/folder.h"

namespace salvor::archive {
namespace {

using objectstore::testing::ScratchFolder;

std::string entry(std::size_t number) {
  return std::string(number % 3000, static_cast<char>('a' + number % 26)) + std::to_string(number);
}

TEST(Spool, LoadsWhatWasAppendedInAnyOrder) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  for (std::size_t i = 0; i < 2000; ++i) ASSERT_EQ(spool.append(entry(i)).value(), i);

  for (std::size_t i = 2000; i-- > 0;) ASSERT_EQ(spool.load(i).value(), entry(i));
  EXPECT_EQ(spool.size(), 2000U);
}

TEST(Spool, KeepsEntriesOfAnySize) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  const std::vector<std::size_t> sizes = {1, 300 << 10, 0, 262143, 1, 1, 262144, 262145, 5};
  for (const std::size_t size : sizes) ASSERT_TRUE(spool.append(std::string(size, 's')).ok());

  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(spool.load(i).value(), std::string(sizes[i], 's')) << sizes[i];
  }
}

TEST(Spool, KeepsEmptyEntries) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  ASSERT_TRUE(spool.append("").ok());

  EXPECT_EQ(spool.load(0).value(), "");
}

TEST(Spool, LeavesNoFileInTheFolder) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  ASSERT_TRUE(spool.append("secret").ok());

  EXPECT_EQ(folder.files(), 0U);
}

TEST(Spool, LoadsWhileAnotherThreadAppends) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  std::atomic<bool> done = false;
  {
    const std::jthread reader([&] {  // the promise under test: any thread may load
      while (!done) {
        const std::size_t size = spool.size();
        if (size == 0) continue;
        EXPECT_EQ(spool.load(size - 1).value(), entry(size - 1));
      }
    });
    for (std::size_t i = 0; i < 2000; ++i) ASSERT_TRUE(spool.append(entry(i)).ok());
    done = true;
  }
}

TEST(Spool, IsExhaustedByAFullDiskAndGoesOn) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  ASSERT_TRUE(spool.append("first").ok());
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{2, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);

  const auto appended = spool.append(std::string(300 << 10, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);

  EXPECT_EQ(appended.error().code, ErrorCode::exhausted);
  EXPECT_EQ(spool.append("second").value(), 1U);
  EXPECT_EQ(spool.load(0).value() + spool.load(1).value(), "firstsecond");
}

TEST(Spool, NamesAFolderThatIsMissing) {
  const auto spool = Spool::create("/nowhere/at/all");

  EXPECT_NE(spool.error().message.find("/nowhere/at/all"), std::string::npos);
}

TEST(Spool, CanBeMoved) {
  const ScratchFolder folder;
  Spool spool = Spool::create(folder.path()).value();
  ASSERT_TRUE(spool.append("kept").ok());

  const Spool moved = std::move(spool);

  EXPECT_EQ(moved.load(0).value(), "kept");
}

}  // namespace
}  // namespace salvor::archive
