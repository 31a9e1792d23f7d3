#include "cli/print.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/testing/shell.h"
#include "cli/yaml.h"

namespace salvor::cli {
namespace {

// What is printed of two clusters in a format.
std::string printed(const std::string& format, Shape shape) {
  static testing::JumpingClock clock;
  std::istringstream in;
  std::ostringstream out;
  const Io io{.in = in,
              .out = out,
              .err = out,
              .clock = clock,
              .environment = [](const std::string&) { return std::nullopt; },
              .connect = {},
              .stop = {},
              .read_secret = {}};
  Arguments arguments;
  arguments.set("output", {format});
  Session session(io, arguments, "1");
  const Json first = {{"name", "a"}, {"_id", "5f80d0a8f281487d59c60001"}};
  const Json second = {{"_id", "5f80d0a8f281487d59c60002"}};
  std::vector<Json> items = {first};
  if (shape == Shape::list) items.push_back(second);
  print_documents(session, *kinds().find("clusters"), items, shape);
  return out.str();
}

TEST(Print, OneDocumentStandsAlone) {
  EXPECT_EQ(text_at(*parse_json(printed("json", Shape::one)), "name"), "a");
  EXPECT_EQ(text_at(*parse_yaml(printed("yaml", Shape::one)), "name"), "a");
}

TEST(Print, AListStandsUnderItems) {
  EXPECT_EQ(parse_json(printed("json", Shape::list))->at("items").size(), 2U);
  EXPECT_EQ(parse_yaml(printed("yaml", Shape::list))->at("items").size(), 2U);
}

TEST(Print, ANamelessDocumentShowsItsId) {
  EXPECT_EQ(printed("name", Shape::list),
            "kubeclusters/a\nkubeclusters/5f80d0a8f281487d59c60002\n");
}

TEST(Print, OnlyWideTablesShowIds) {
  EXPECT_EQ(printed("table", Shape::one).find("ID"), std::string::npos);
  EXPECT_NE(printed("wide", Shape::one).find("5f80d0a8f281487d59c60001"), std::string::npos);
}

TEST(Print, AChangeIsASentenceForPeopleAndADocumentForPrograms) {
  testing::Shell shell;

  shell.run("cluster add here --in-cluster");
  EXPECT_EQ(shell.out(), "cluster 'here' added\n");
  shell.run("cluster add there --in-cluster -o json");
  EXPECT_EQ(text_at(*parse_json(shell.out()), "name"), "there");
}

}  // namespace
}  // namespace salvor::cli
