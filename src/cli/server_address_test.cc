#include "cli/server_address.h"

#include <gtest/gtest.h>

#include "cli/exit_code.h"
#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

TEST(ServerAddress, IsHttpsUnlessSaidOtherwise) {
  EXPECT_EQ(*server_address("salvor.example.com"), "https://salvor.example.com");
  EXPECT_EQ(*server_address("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
}

TEST(ServerAddress, LosesWhatTheClientAddsItself) {
  EXPECT_EQ(*server_address("https://s:8443/"), "https://s:8443");
  EXPECT_EQ(*server_address("https://s/api/v1/"), "https://s");
  EXPECT_EQ(*server_address("https://s/salvor/api"), "https://s/salvor");
}

TEST(ServerAddress, RefusesWhatCannotBeOne) {
  for (const char* wrong : {"", "https://", "ftp://s", "https://s?x=1", "https://s/#a", "two words",
                            "https://me:pw@s"}) {
    EXPECT_EQ(exit_code(server_address(wrong).error()), ExitCode::usage) << wrong;
  }
}

TEST(Key, LosesBlanksAndLineEndsAroundIt) {
  const testing::ScratchFolder folder;

  EXPECT_EQ(*read_key(folder.write("key", "  abc-DEF_1\r\n")), "abc-DEF_1");
}

TEST(Key, MustBeOneWordAndIsNeverPrinted) {
  for (const char* wrong : {"", " \n", "se cret", "se\ncret"}) {
    const Result<std::string> key = clean_key(wrong);
    ASSERT_FALSE(key.ok()) << wrong;
    EXPECT_EQ(key.error().describe().find("cret"), std::string::npos);
  }
}

}  // namespace
}  // namespace salvor::cli
