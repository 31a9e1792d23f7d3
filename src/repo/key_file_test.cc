#include "repo/key_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using testing::kCheap;

std::string with(const std::string& file, const char* name, const Json& value) {
  Json json = parse_json(file).value();
  json[name] = value;
  return compact(json);
}

TEST(KeyFile, OpensWithItsPasswordAlone) {
  const MasterKey key = new_master_key();
  const std::string file = make_key_file(key, "right", {"u", "h"}, 0, kCheap);

  EXPECT_EQ(open_key_file(file, "right").value(), key);
  EXPECT_EQ(open_key_file(file, "wrong").error().code, ErrorCode::denied);
}

TEST(KeyFile, SaysWhoseItIs) {
  const Json file =
      parse_json(make_key_file(new_master_key(), "p", {"ann", "web"}, 1602277544, kCheap)).value();

  EXPECT_EQ(file["username"], "ann");
  EXPECT_EQ(file["hostname"], "web");
  EXPECT_EQ(file["created"], "2020-10-09T21:05:44Z");
}

TEST(KeyFile, HoldsNoKeyInTheClear) {
  const MasterKey key = new_master_key();

  const std::string file = make_key_file(key, "p", {"u", "h"}, 0, kCheap);

  EXPECT_EQ(file.find(key.encrypt), std::string::npos);
}

TEST(KeyFile, RefusesCostsThatWouldStopTheMachine) {
  const std::string file = make_key_file(new_master_key(), "p", {"u", "h"}, 0, kCheap);
  for (const auto& [name, value] : {std::pair<const char*, Json>("N", 0),
                                    {"N", 3},
                                    {"N", -2},
                                    {"N", "16"},
                                    {"N", 1ULL << 40},
                                    {"N", 1ULL << 62},
                                    {"r", 0},
                                    {"r", 1U << 30},
                                    {"p", 0},
                                    {"p", 1000},
                                    {"kdf", "md5"},
                                    {"salt", "AAAA"},
                                    {"salt", 1},
                                    {"data", "%"}}) {
    const auto opened = open_key_file(with(file, name, value), "p");
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt) << name << " " << value;
  }
}

TEST(KeyFile, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "[]", "null", "{}"})
    EXPECT_EQ(open_key_file(text, "p").error().code, ErrorCode::corrupt) << text;
}

}  // namespace
}  // namespace salvor::repo
