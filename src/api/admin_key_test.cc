#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/credentials.h"
#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::Server;

class AdminKeyTest : public ::testing::Test {
 protected:
  AdminKeyTest() {
    catalog::Transaction transaction;
    transaction.changes.emplace_back(catalog::RemoveAll{"apikeys", {}});
    EXPECT_TRUE(server.catalog().commit(context, transaction).ok());
  }
  std::string file_text() {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
  }
  int status_with(const std::string& key) {
    return server.send("GET", "/api/v1/jobs", "", {{"Authorization", key}}).status;
  }

  Server server;
  Context context{server.clock, null_log(), {}, {}};
  std::string file = server.folder() + "/admin.key";
};

TEST_F(AdminKeyTest, TheFirstStartWritesAKeyThatWorks) {
  ASSERT_TRUE(ensure_admin_key(context, server.catalog(), file).ok());

  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_TRUE(is_key(file_text()));
  EXPECT_EQ(status_with(file_text()), 200);
  EXPECT_FALSE(std::filesystem::exists(file + ".new"));
}

TEST_F(AdminKeyTest, TheNextStartsChangeNothing) {
  ASSERT_TRUE(ensure_admin_key(context, server.catalog(), file).ok());
  const std::string key = file_text();

  ASSERT_TRUE(ensure_admin_key(context, server.catalog(), file).ok());
  EXPECT_EQ(file_text(), key);
  std::filesystem::remove(file);
  ASSERT_TRUE(ensure_admin_key(context, server.catalog(), file).ok());

  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(server.count("apikeys", "org_role", "ADMIN"), 1U);
}

TEST_F(AdminKeyTest, AKeyThatIsThereAlreadyIsTaken) {
  const std::string key = new_key();
  std::ofstream(file) << key << "\n";

  ASSERT_TRUE(ensure_admin_key(context, server.catalog(), file).ok());

  EXPECT_EQ(status_with(key), 200);
}

TEST_F(AdminKeyTest, AFileThatHoldsNoKeyIsAnError) {
  std::ofstream(file) << "hello\n";

  const Result<void> result = ensure_admin_key(context, server.catalog(), file);

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::invalid);
  EXPECT_NE(result.error().describe().find(file), std::string::npos);
}

TEST_F(AdminKeyTest, AFolderThatIsNotThereIsAnError) {
  const Result<void> result =
      ensure_admin_key(context, server.catalog(), server.folder() + "/nosuch/admin.key");

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::denied);
}

}  // namespace
}  // namespace salvor::api
