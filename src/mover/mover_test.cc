#include "mover/mover.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/json.h"
#include "repo/testing/scene.h"

namespace salvor::mover {
namespace {

class MoverTest : public ::testing::Test {
 protected:
  int run(const Json& order) {
    folder_.write("order", compact(order));
    return mover({"--order", folder_.path("order"), "--report", folder_.path("report")}, out_,
                 err_);
  }
  Json report() { return parse_json(folder_.read("report")).value(); }
  Json save_order() {
    return {{"operation", "save"},
            {"folder", folder_.path("data")},
            {"repository",
             {{"location", folder_.path("store")}, {"password", "a-secret"}, {"create", true}}},
            {"save", {{"host", "h"}, {"path", "/ns/claim"}}}};
  }

  repo::testing::Folder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(MoverTest, PrintsProgressAndWritesItsReport) {
  folder_.write("data/file", "text");

  EXPECT_EQ(run(save_order()), 0) << err_.str();

  std::istringstream lines(out_.str());
  std::string line, last;
  while (std::getline(lines, line)) {
    EXPECT_TRUE(parse_json(line).ok()) << line;
    last = line;
  }
  const Json end = parse_json(last).value();
  EXPECT_EQ(end["files"], 1);
  EXPECT_EQ(end["bytes"], 4);
  EXPECT_EQ(end["total_files"], 1);
  EXPECT_EQ(end["total_bytes"], 4);
  EXPECT_GT(end["transferred_bytes"], 0);
  EXPECT_EQ(report()["state"], "done");
  EXPECT_EQ(report()["snapshot"].get<std::string>().size(), 64U);
}

TEST_F(MoverTest, TellsAFailure) {
  EXPECT_EQ(run({{"operation", "move"}}), 1);

  EXPECT_EQ(report()["state"], "failed");
  EXPECT_NE(report()["error"].get<std::string>().find("operation"), std::string::npos);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(MoverTest, TellsAnOrderThatIsNotThere) {
  EXPECT_EQ(
      mover({"--report", folder_.path("report"), "--order", folder_.path("none")}, out_, err_), 1);

  EXPECT_EQ(report()["state"], "failed");
}

TEST_F(MoverTest, FailsWhenNobodyWouldHearOfIt) {
  folder_.write("data/file", "text");
  folder_.write("order", compact(save_order()));

  EXPECT_EQ(
      mover({"--order", folder_.path("order"), "--report", folder_.path("no/folder")}, out_, err_),
      1);
}

TEST_F(MoverTest, SaysHowItIsUsed) {
  EXPECT_EQ(mover({}, out_, err_), 1);
  EXPECT_EQ(mover({"--order"}, out_, err_), 1);
  EXPECT_EQ(mover({"--other", "x"}, out_, err_), 1);
  EXPECT_EQ(out_.str(), "");
  EXPECT_NE(err_.str().find("usage: salvor mover"), std::string::npos);

  EXPECT_EQ(mover({"--help"}, out_, err_), 0);
  EXPECT_NE(out_.str().find("--order FILE"), std::string::npos);
}

}  // namespace
}  // namespace salvor::mover
