#include "kube/status.h"

#include <gmock/gmock.h>

namespace salvor::kube {
namespace {

using testing::HasSubstr;

TEST(Status, KeepsTheServersSentenceAndReason) {
  const Status status = read_status(
      409, R"({"kind":"Status","reason":"AlreadyExists","message":"pods \"web\" already exists"})");
  const Error failure = to_error(status, Access::write);

  EXPECT_EQ(failure.code, ErrorCode::conflict);
  EXPECT_EQ(failure.message, "pods \"web\" already exists");
  EXPECT_EQ(failure.fact("http_status"), "409");
  EXPECT_EQ(failure.fact("reason"), "AlreadyExists");
}

TEST(Status, QuotesTheFirstLineOfAProxysPage) {
  const Status status = read_status(502, "<html>Bad Gateway\r\n<hr>nginx</html>");

  EXPECT_EQ(status.message, "<html>Bad Gateway");
  EXPECT_EQ(status.reason, "BadGateway");
}

TEST(Status, QuotesNoMoreThanALine) {
  EXPECT_EQ(read_status(500, std::string(5000, 'x')).message.size(), 200U);
}

TEST(Status, SpeaksForAServerThatSaidNothing) {
  EXPECT_EQ(to_error(read_status(503, ""), Access::read).message, "the API server answered 503");
}

TEST(Status, MapsStatusesToCodes) {
  const std::pair<int, ErrorCode> expected[] = {
      {400, ErrorCode::invalid},     {401, ErrorCode::denied},      {403, ErrorCode::denied},
      {404, ErrorCode::not_found},   {409, ErrorCode::conflict},    {415, ErrorCode::invalid},
      {422, ErrorCode::invalid},     {429, ErrorCode::unavailable}, {500, ErrorCode::unavailable},
      {503, ErrorCode::unavailable}, {504, ErrorCode::unavailable}, {599, ErrorCode::unavailable}};
  for (const auto& [status, code] : expected) {
    EXPECT_EQ(to_error({.code = status}, Access::read).code, code) << status;
  }
}

TEST(Status, LeavesOpenWhatAGatewayGaveUpOn) {
  EXPECT_EQ(to_error({.code = 504}, Access::write).code, ErrorCode::unknown_outcome);
  EXPECT_EQ(to_error({.code = 502}, Access::write).code, ErrorCode::unknown_outcome);
  EXPECT_EQ(to_error({.code = 503}, Access::write).code, ErrorCode::unavailable);
}

TEST(Status, TellsWhatToDoAboutCredentialsAndRights) {
  EXPECT_THAT(to_error({.code = 401}, Access::read).hint, HasSubstr("fresh kubeconfig"));
  EXPECT_THAT(to_error({.code = 403}, Access::read).hint, HasSubstr("grant"));
}

TEST(Status, DoesNotBlameRightsForADyingNamespace) {
  const Status status{.code = 403, .message = "namespace x because it is being terminated"};

  EXPECT_THAT(to_error(status, Access::write).hint, HasSubstr("wait until the namespace is gone"));
}

TEST(Status, KnowsAnExpiredVersion) {
  EXPECT_TRUE(is_expired(to_error(read_status(410, ""), Access::read)));
  EXPECT_FALSE(is_expired(to_error(read_status(404, ""), Access::read)));
}

}  // namespace
}  // namespace salvor::kube
