#include <gtest/gtest.h>

#include "http/client.h"
#include "http/testing/tls_listener.h"

namespace salvor::http {
namespace {

using testing::Certificate;
using testing::make_certificate;
using testing::TlsListener;

TEST(ClientTls, ShowsItsOwnCertificateWithoutTheAuthorityThatSignedIt) {
  const Certificate authority = make_certificate("localhost");
  const Certificate mine = make_certificate("salvor", authority);
  TlsListener server(authority);
  auto names = server.names_of_next_peer();
  // The authority is in our trust store, for the server's sake.
  const auto client = Client::create({.base_url = server.url(),
                                      .tls = {.ca_pem = authority.certificate_pem,
                                              .certificate_pem = mine.certificate_pem,
                                              .key_pem = mine.key_pem}});
  ASSERT_TRUE(client.ok());
  Context context = background();

  const auto answer = (*client)->send(context, {.method = "GET", .target = "/"});

  EXPECT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(names.get(), std::vector<std::string>{"salvor"});
}

}  // namespace
}  // namespace salvor::http
