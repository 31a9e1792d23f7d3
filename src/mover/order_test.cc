#include "mover/order.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::mover {
namespace {

const std::string kId(64, 'a');
constexpr const char* kSecret = "never-to-be-seen";

Json save_order() {
  return {
      {"operation", "save"},
      {"folder", "/data"},
      {"repository",
       {{"location", "s3:http://127.0.0.1:9000/bucket/path"},
        {"password", kSecret},
        {"region", "r"},
        {"access_key", "a"},
        {"secret_key", kSecret},
        {"session_token", kSecret},
        {"ca_pem", ""},
        {"path_style", true},
        {"insecure_skip_verify", true},
        {"create", true}}},
      {"save", {{"host", "cluster"}, {"path", "/shop/data"}, {"tags", {"k=v"}}, {"parent", kId}}},
      {"limits",
       {{"upload_bytes_per_second", 1}, {"download_bytes_per_second", 2}, {"threads", 3}}}};
}

Json restore_order() {
  return {{"operation", "restore"},
          {"folder", "/data"},
          {"repository", {{"location", "/store"}, {"password", kSecret}}},
          {"restore", {{"snapshot", kId}}}};
}

// The refusal of an order in which the value at the pointer is another.
std::string refusal(Json order, const std::string& pointer, const Json& value) {
  order[Json::json_pointer(pointer)] = value;
  const auto parsed = parse_order(compact(order));
  EXPECT_FALSE(parsed.ok()) << pointer << " " << compact(value);
  return parsed.ok() ? "" : parsed.error().describe();
}

TEST(Order, HasAllItsFields) {
  const auto parsed = parse_order(compact(save_order()));

  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->operation, Operation::save);
  EXPECT_EQ(parsed->folder, "/data");
  EXPECT_EQ(parsed->repository.location, "s3:http://127.0.0.1:9000/bucket/path");
  EXPECT_EQ(parsed->repository.secret_key, kSecret);
  EXPECT_TRUE(parsed->repository.path_style && parsed->repository.insecure_skip_verify &&
              parsed->repository.create);
  EXPECT_EQ(parsed->save.path, "/shop/data");
  EXPECT_EQ(parsed->save.tags, std::vector<std::string>{"k=v"});
  EXPECT_EQ(parsed->save.parent, kId);
  EXPECT_EQ(parsed->limits.threads, 3U);
}

TEST(Order, LeavesOutWhatMayBeMissing) {
  const auto parsed = parse_order(compact(restore_order()));

  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->operation, Operation::restore);
  EXPECT_EQ(parsed->restore.snapshot, kId);
  EXPECT_FALSE(parsed->repository.create);
  EXPECT_TRUE(parsed->repository.path_style);
  EXPECT_EQ(parsed->limits.upload_bytes_per_second, 0U);
}

TEST(Order, NamesEachFieldOfAnotherType) {
  const std::vector<Json> others = {nullptr, -1, 1.5, Json::object(), Json::array({1})};
  const Json order = save_order();
  const Json flat = order.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    std::string field = pointer.substr(1);
    std::replace(field.begin(), field.end(), '/', '.');
    if (field.ends_with(".0")) field.resize(field.size() - 2);
    for (const Json& other : others) {
      EXPECT_NE(refusal(order, pointer, other).find("field " + field), std::string::npos)
          << refusal(order, pointer, other);
    }
  }
  EXPECT_NE(refusal(restore_order(), "/restore/snapshot", 1).find("restore.snapshot"),
            std::string::npos);
}

TEST(Order, NamesEachFieldThatIsMissing) {
  for (const char* field : {"operation", "folder", "repository", "save"}) {
    Json order = save_order();
    order.erase(field);
    EXPECT_NE(parse_order(compact(order)).error().message.find(field), std::string::npos);
  }
  for (const auto& [object, field] :
       {std::pair("repository", "location"), std::pair("repository", "password"),
        std::pair("save", "host"), std::pair("save", "path")}) {
    Json order = save_order();
    order[object].erase(field);
    EXPECT_NE(parse_order(compact(order))
                  .error()
                  .message.find(std::string(object) + "." + field + " is missing"),
              std::string::npos);
  }
}

TEST(Order, RefusesValuesThatCannotBe) {
  const Json save = save_order();
  const std::vector<std::pair<std::string, Json>> bad = {
      {"/operation", "move"},
      {"/folder", ""},
      {"/folder", "data"},
      {"/folder", "/data/../etc"},
      {"/folder", "/data/"},
      {"/folder", std::string("/a\0b", 4)},
      {"/folder", "/" + std::string(2000, 'a')},
      {"/repository/location", ""},
      {"/repository/location", "relative"},
      {"/repository/location", "s3:a\nb"},
      {"/repository/password", ""},
      {"/repository/password", std::string(5000, 'a')},
      {"/repository/region", "a\nb"},
      {"/repository/access_key", std::string(5000, 'a')},
      {"/repository/ca_pem", std::string(210'000, 'a')},
      {"/save/host", ""},
      {"/save/path", "/"},
      {"/save/path", "shop"},
      {"/save/path", "/shop//x"},
      {"/save/tags", std::vector<std::string>(101, "a")},
      {"/save/tags/0", ""},
      {"/save/parent", "abc"},
      {"/save/parent", std::string(64, 'A')},
      {"/limits/threads", 65},
      {"/limits/upload_bytes_per_second", std::uint64_t{1} << 60},
  };
  for (const auto& [pointer, value] : bad) refusal(save, pointer, value);
  refusal(restore_order(), "/restore/snapshot", "latest");
  refusal(restore_order(), "/restore/snapshot", "");
}

TEST(Order, RefusesFieldsThatItDoesNotKnow) {
  for (const char* pointer : {"/more", "/repository/more", "/save/more", "/limits/more"}) {
    EXPECT_NE(refusal(save_order(), pointer, 1).find("more is not known"), std::string::npos);
  }
  refusal(restore_order(), "/restore/more", 1);
}

TEST(Order, RefusesWhatBelongsToTheOtherOperation) {
  EXPECT_NE(refusal(save_order(), "/restore", restore_order()["restore"]).find("restore"),
            std::string::npos);
  EXPECT_NE(refusal(restore_order(), "/save", save_order()["save"]).find("save"),
            std::string::npos);
  EXPECT_NE(refusal(restore_order(), "/repository/create", true).find("repository.create"),
            std::string::npos);
}

TEST(Order, HasALimit) {
  const std::string spaces(kOrderBytesMax, ' ');

  EXPECT_FALSE(parse_order(compact(save_order()) + spaces).ok());
  EXPECT_FALSE(parse_order(std::string(100'000, '[')).ok());
  for (const char* text : {"", "[]", "1", "null", "{", "\"save\""})
    EXPECT_FALSE(parse_order(text).ok()) << text;
}

TEST(Order, NeverShowsASecret) {
  const Json order = save_order();
  for (const char* pointer : {"/repository/password", "/repository/secret_key",
                              "/repository/session_token", "/repository/access_key"}) {
    const std::string long_secret = kSecret + std::string(5000, 'a');
    EXPECT_EQ(refusal(order, pointer, long_secret).find(kSecret), std::string::npos);
    EXPECT_EQ(refusal(order, pointer, Json::array({kSecret})).find(kSecret), std::string::npos);
  }
  EXPECT_EQ(refusal(order, std::string("/repository/") + kSecret + "=\n", 1).find(kSecret),
            std::string::npos);
  const std::string text = compact(order);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = parse_order(text.substr(0, size));
    ASSERT_FALSE(cut.ok());
    EXPECT_EQ(cut.error().describe().find(kSecret), std::string::npos);
  }
}

}  // namespace
}  // namespace salvor::mover
