#include "cli/lookup.h"

#include <gtest/gtest.h>

#include "cli/testing/fake_server.h"

namespace salvor::cli {
namespace {

class Lookup : public ::testing::Test {
 protected:
  testing::FakeServer server;
  Context context = background();
  ApiClient api = server.client(context);
};

TEST_F(Lookup, FindsByIdAndByName) {
  const std::string id = server.add("kubeclusters", {{"name", "prod"}});

  EXPECT_EQ(*find_id(api, "cluster", id), id);
  EXPECT_EQ(*find_id(api, "cluster", "prod"), id);
}

TEST_F(Lookup, ANameMayLookLikeAnId) {
  const std::string name = "5f80d0a8f281487d59c6ffff";
  const std::string id = server.add("kubeclusters", {{"name", name}});

  EXPECT_EQ(*find_id(api, "cluster", name), id);
}

TEST_F(Lookup, OtherFailuresAreNotTakenForAbsence) {
  server.script({.beginning = "GET", .failure = error(ErrorCode::unavailable, "refused")});

  EXPECT_EQ(find_id(api, "cluster", "5f80d0a8f281487d59c6ffff").error().code,
            ErrorCode::unavailable);
}

TEST_F(Lookup, TheLatestPointIsTheNewestThatIsReady) {
  const auto add = [&](const char* backup, const char* state, int start) {
    return server.add(
        "backupinstances",
        {{"name", "p"}, {"backupdef_name", backup}, {"state", state}, {"start_time", start}});
  };
  add("shop", "READY", 1);
  const std::string newest = add("shop", "READY", 9);
  add("shop", "READY", 5);
  add("shop", "DELETING", 20);
  add("other", "READY", 30);

  EXPECT_EQ(text_at(*find_point(api, "latest:shop"), "_id"), newest);
  EXPECT_EQ(text_at(*find_point(api, newest), "_id"), newest);
  EXPECT_EQ(find_point(api, "latest:none").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace salvor::cli
