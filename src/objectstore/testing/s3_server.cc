#include "objectstore/testing/s3_server.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/random.h"

namespace salvor::objectstore::testing {
namespace {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

S3Server::S3Server(std::string endpoint, Credentials credentials, std::string process_file)
    : endpoint_(std::move(endpoint)),
      credentials_(std::move(credentials)),
      process_file_(std::move(process_file)) {}

S3Options S3Server::new_bucket(const http::Headers& headers) const {
  S3Options options{
      .endpoint = endpoint_, .bucket = "test-" + hex(random_bytes(8)), .credentials = credentials_};
  Context context = background();
  internal::S3Call call{.method = "PUT", .headers = headers};
  const auto made = client(options)->send(context, call);
  EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().describe());
  return options;
}

std::unique_ptr<internal::S3Client> S3Server::client(const S3Options& options) const {
  return internal::S3Client::create(options).value();
}

void S3Server::kill() const {
  pid_t process = 0;
  std::ifstream(process_file_) >> process;
  ASSERT_GT(process, 0) << process_file_ << " names no process";
  ASSERT_EQ(::kill(process, SIGKILL), 0);
}

std::vector<S3Server> s3_servers_under_test() {
  const std::string endpoint = environment("SALVOR_TEST_S3");
  if (endpoint.empty()) return {};
  return {S3Server(endpoint,
                   {.access_key = environment("AWS_ACCESS_KEY_ID"),
                    .secret_key = environment("AWS_SECRET_ACCESS_KEY")},
                   environment("SALVOR_TEST_S3_PROCESS"))};
}

}  // namespace salvor::objectstore::testing
