// The real S3 server that tests run beside, if they do: tools/with_s3.py starts it.
#pragma once

#include <string>
#include <vector>

#include "objectstore/internal/s3_client.h"
#include "objectstore/s3_options.h"

namespace salvor::objectstore::testing {

class S3Server {
 public:
  S3Server(std::string endpoint, Credentials credentials, std::string process_file);

  // Makes a bucket of random name. Fails the running test when it cannot.
  S3Options new_bucket(const http::Headers& headers = {}) const;
  // How the server is asked for what Store does not do.
  std::unique_ptr<internal::S3Client> client(const S3Options& options) const;
  // Kills it, whatever it does. Somebody starts it again, over what it left.
  void kill() const;

 private:
  std::string endpoint_;
  Credentials credentials_;
  std::string process_file_;
};

// One, or none: the environment variables SALVOR_TEST_S3 (its address), SALVOR_TEST_S3_PROCESS (the
// file with its process's number), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY tell. This is the
// one place that looks.
std::vector<S3Server> s3_servers_under_test();

}  // namespace salvor::objectstore::testing
