#include "api/problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::api {
namespace {

TEST(Problem, EveryCodeHasAStatus) {
  struct Case {
    ErrorCode code;
    int status;
  };
  for (const Case& expected :
       {Case{ErrorCode::not_found, 404}, Case{ErrorCode::conflict, 409},
        Case{ErrorCode::invalid, 400}, Case{ErrorCode::denied, 403},
        Case{ErrorCode::unavailable, 503}, Case{ErrorCode::unknown_outcome, 503},
        Case{ErrorCode::cancelled, 503}, Case{ErrorCode::exhausted, 507},
        Case{ErrorCode::corrupt, 500}, Case{ErrorCode::bug, 500}}) {
    EXPECT_EQ(http_status(error(expected.code, "x")), expected.status);
  }
}

TEST(Problem, OwnStatusComesFirst) {
  EXPECT_EQ(http_status(refusal(428, "x")), 428);
  EXPECT_EQ(http_status(refusal(428, "x").within("doing")), 428);
  EXPECT_EQ(http_status(error(ErrorCode::bug, "x").with("http_status", "hello")), 500);
}

TEST(Problem, OurOwnMistakesAreNotExplainedToStrangers) {
  const http::Response response = problem(error(ErrorCode::corrupt, "row 7 of /var/lib/x.db"));

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("x.db"), std::string::npos);
}

TEST(Problem, HintsAreSent) {
  const http::Response response =
      problem(error(ErrorCode::exhausted, "disk full").with_hint("free some space"));

  EXPECT_NE(response.body.find("disk full (free some space)"), std::string::npos);
}

TEST(Problem, NewAndChangedDocumentsAreRefusedInTheirOwnForms) {
  EXPECT_EQ(problem(insertion_refused({{"name", "required field"}})).body,
            "{\"_status\": \"ERR\", \"_issues\": {\"name\": \"required field\"}, \"_error\": "
            "{\"code\": 422, \"message\": \"Insertion failure: 1 document(s) contain(s) "
            "error(s)\"}}");
  EXPECT_EQ(problem(change_refused({{"name", "required field"}})).body,
            "{\"_status\": \"ERR\", \"_issues\": {\"name\": \"required field\"}}");
}

}  // namespace
}  // namespace salvor::api
