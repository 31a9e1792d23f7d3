#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::json_response;
using testing::Shell;

TEST(Catalog, IsWrittenAsItComes) {
  Shell shell;
  shell.server.routes["GET catalog/export"] = [](const http::Request&) {
    return http::Response{.status = 200, .headers = {}, .body = "{\"format\": 1}"};
  };

  EXPECT_EQ(shell.run("catalog export"), 0) << shell.err();
  EXPECT_EQ(shell.out(), "{\"format\": 1}\n");
}

TEST(Catalog, IsReadBackReplacingIfAskedFor) {
  Shell shell;
  std::vector<std::string> got;
  shell.server.routes["POST catalog/import"] = [&](const http::Request& request) {
    got.push_back(request.target + " " + request.body);
    return json_response(200, {{"imported", {{"jobs", 1400}, {"kuberestores", 2}}}});
  };
  shell.in.str("{\"format\": 1}\n");
  EXPECT_EQ(shell.run("catalog import --replace"), 0) << shell.err();
  EXPECT_EQ(shell.out(), "imported 1,400 jobs, 2 kuberestores\n");
  shell.in.clear();
  shell.in.str("{\"format\": 1}\n");
  EXPECT_EQ(shell.run("catalog import -o json"), 0) << shell.err();

  EXPECT_EQ(got, (std::vector<std::string>{"/api/v1/catalog/import?replace=true {\"format\": 1}\n",
                                           "/api/v1/catalog/import {\"format\": 1}\n"}));
  EXPECT_EQ(parse_json(shell.out())->at("imported").at("jobs"), 1400);
}

TEST(Catalog, ACutFileIsRefusedBeforeAnythingIsSent) {
  Shell shell;
  shell.in.str("{\"format\": 1, \"docu");

  EXPECT_EQ(shell.run("catalog import --replace"), 1);
  EXPECT_THAT(shell.err(), HasSubstr("standard input is not an exported catalog"));
  EXPECT_TRUE(shell.server.log.empty());
}

TEST(Catalog, DoesNotWaitForAPersonToTypeIt) {
  Shell shell;
  shell.in_audience = Audience::terminal;

  EXPECT_EQ(shell.run("catalog import"), 2);
}

}  // namespace
}  // namespace salvor::cli
