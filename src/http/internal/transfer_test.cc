// How a transfer goes is tested with a server at its other end, in client_test.cc.
#include "http/internal/transfer.h"

#include <gtest/gtest.h>

namespace salvor::http::internal {
namespace {

ClientOptions for_url(std::string url) {
  ClientOptions options;
  options.base_url = std::move(url);
  return options;
}

TEST(Endpoint, TakesUrlsOfServers) {
  EXPECT_TRUE(Endpoint::create(for_url("https://127.0.0.1:6443")).ok());
  EXPECT_TRUE(Endpoint::create(for_url("http://[::1]:80")).ok());
  EXPECT_TRUE(Endpoint::create(for_url("https://rancher.example/k8s/clusters/c-1")).ok());
}

TEST(Endpoint, RefusesWhatIsNoUrlOfAServer) {
  for (const char* url : {"", "127.0.0.1:6443", "ftp://a", "file:///etc", "https://a/", "https://",
                          "https://a?b", "https://a#b", "https://a:99999", "https://a b"}) {
    const auto endpoint = Endpoint::create(for_url(url));
    ASSERT_FALSE(endpoint.ok()) << url;
    EXPECT_EQ(endpoint.error().code, ErrorCode::invalid) << url;
  }
}

TEST(Endpoint, PutsTheTlsNameInPlaceOfTheHost) {
  ClientOptions options = for_url("https://10.0.0.1:6443/prefix");
  options.tls.server_name = "kubernetes";

  const auto endpoint = Endpoint::create(std::move(options));

  ASSERT_TRUE(endpoint.ok());
  EXPECT_EQ(endpoint.value().url_prefix, "https://kubernetes:6443/prefix");
  EXPECT_EQ(endpoint.value().host_header, "10.0.0.1:6443");
  EXPECT_STREQ(endpoint.value().connect_to->data, "::10.0.0.1:6443");
}

TEST(Endpoint, KeepsTheHostIfItIsTheTlsName) {
  ClientOptions options = for_url("https://kubernetes:6443");
  options.tls.server_name = "kubernetes";

  const auto endpoint = Endpoint::create(std::move(options));

  EXPECT_EQ(endpoint.value().url_prefix, "https://kubernetes:6443");
  EXPECT_EQ(endpoint.value().connect_to, nullptr);
}

TEST(Transfer, RefusesWhatHttpCannotCarry) {
  const Endpoint endpoint = Endpoint::create(for_url("http://127.0.0.1:1")).value();
  Easy easy(endpoint);
  const auto code_for = [&](Request request) {
    Transfer transfer(1, endpoint, easy, request, nullptr);
    const auto prepared = transfer.prepare();
    return prepared.ok() ? "fine" : to_string(prepared.error().code);
  };
  const auto request = [](std::string method, std::string target, Headers headers) {
    return Request{std::move(method), std::move(target), std::move(headers), {}, {}};
  };

  EXPECT_STREQ(code_for(request("GET", "/", {{"A", "b"}, {"C", ""}})), "fine");
  EXPECT_STREQ(code_for(request("", "/", {})), "invalid");
  EXPECT_STREQ(code_for(request("GET\r\n", "/", {})), "invalid");
  EXPECT_STREQ(code_for(request("GET", "a", {})), "invalid");
  EXPECT_STREQ(code_for(request("GET", "/", {{"A", "b\r\nC: d"}})), "invalid");
  EXPECT_STREQ(code_for(request("GET", "/", {{"A\n", "b"}})), "invalid");
  EXPECT_STREQ(code_for(request("GET", "/" + std::string(9 << 20, 'a'), {})), "invalid");
}

}  // namespace
}  // namespace salvor::http::internal
