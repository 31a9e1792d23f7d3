// The channel without TLS is what server_test.cc uses throughout; here is the one with it.
#include "http/internal/socket_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/client.h"
#include "http/testing/certificate.h"
#include "http/testing/imposter.h"
#include "http/testing/raw_socket.h"

namespace salvor::http {
namespace {

using testing::Certificate;
using testing::CertificateFiles;
using ::testing::HasSubstr;
using testing::Imposter;

class TlsServer : public ::testing::Test {
 protected:
  TlsServer()
      : certificate_(testing::make_certificate("api.internal")),
        files_(certificate_),
        imposter_({.tls = std::make_unique<TlsFiles>(files_.paths()), .port = 0}) {
    imposter_.always("", "/", {.status = 200, .headers = {}, .body = "sealed"});
  }

  Result<Response> ask(ClientTls tls, std::string body = {}) {
    ClientOptions options;
    options.base_url = imposter_.url();
    options.tls = std::move(tls);
    TRY(const auto client, Client::create(std::move(options)));
    Context context = background();
    return client->send(context, {.method = body.empty() ? "GET" : "POST",
                                  .target = "/a",
                                  .headers = {},
                                  .body = std::move(body),
                                  .peer = {}});
  }

  const Certificate certificate_;
  const CertificateFiles files_;
  Imposter imposter_;
};

TEST_F(TlsServer, ServesAClientThatTrustsItsCertificate) {
  const auto response = ask({.ca_pem = certificate_.certificate_pem});

  ASSERT_TRUE(response.ok()) << response.error().describe();
  EXPECT_EQ(response->body, "sealed");
}

TEST_F(TlsServer, TakesLargeBodiesBothWays) {
  const std::string body(2 << 20, 'b');
  imposter_.once("POST", "/", {.status = 200, .headers = {}, .body = body});

  const auto response = ask({.ca_pem = certificate_.certificate_pem}, body);

  ASSERT_TRUE(response.ok()) << response.error().describe();
  EXPECT_TRUE(response->body == body);
  EXPECT_TRUE(imposter_.requests().at(0).body == body);
}

TEST_F(TlsServer, IsDeniedByAClientThatDoesNotTrustIt) {
  const auto other = testing::make_certificate();

  EXPECT_EQ(ask({.ca_pem = other.certificate_pem}).error().code, ErrorCode::denied);
  EXPECT_EQ(ask({}).error().code, ErrorCode::denied);
  EXPECT_EQ(imposter_.requests().size(), 0u);
}

TEST_F(TlsServer, IsCheckedUnderAnotherNameIfAskedFor) {
  const std::string& ca = certificate_.certificate_pem;

  const auto response = ask({.ca_pem = ca, .server_name = "api.internal"});

  ASSERT_TRUE(response.ok()) << response.error().describe();
  EXPECT_EQ(header(imposter_.requests().at(0).headers, "Host"),
            "127.0.0.1:" + std::to_string(imposter_.port()));
  EXPECT_EQ(ask({.ca_pem = ca, .server_name = "other.internal"}).error().code, ErrorCode::denied);
}

TEST_F(TlsServer, IsTakenUnseenByAClientThatSkipsTheCheck) {
  EXPECT_TRUE(ask({.insecure_skip_verify = true}).ok());
}

TEST_F(TlsServer, ClosesOnAClientThatSpeaksNoTls) {
  testing::RawPeer peer = testing::RawPeer::connect(imposter_.port());

  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(peer.read_to_end().find("HTTP/"), std::string::npos);
}

TEST(TlsFiles, ThatCannotBeUsedKeepAServerFromStarting) {
  const CertificateFiles one(testing::make_certificate());
  const CertificateFiles two(testing::make_certificate());
  const auto start = [](TlsFiles files) {
    ServerOptions options;
    options.tls = std::make_unique<TlsFiles>(std::move(files));
    return Server::start(std::move(options), {}, {}, null_log());
  };

  EXPECT_EQ(start({.certificate_file = "/nowhere", .key_file = one.paths().key_file}).error().code,
            ErrorCode::invalid);
  const auto mixed = start({one.paths().certificate_file, two.paths().key_file});
  EXPECT_EQ(mixed.error().code, ErrorCode::invalid);
  EXPECT_THAT(mixed.error().message, HasSubstr(two.paths().key_file));
}

}  // namespace
}  // namespace salvor::http
