// Signed requests to one bucket. What a server tells about its clock and its region is learned on
// the way: such a request is sent once more, with what was learned.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/context.h"
#include "http/client.h"
#include "objectstore/internal/signature.h"
#include "objectstore/s3_options.h"

namespace salvor::objectstore::internal {

struct S3Call {
  std::string method{};
  std::string key{};  // empty: the bucket itself
  Query query{};
  http::Headers headers{};  // beside those of the signature
  std::string body{};       // lent to the request, and back when it has ended
};

// Any thread may call.
class S3Client {
 public:
  // Fails with invalid for options that can never work, naming the option.
  static Result<std::unique_ptr<S3Client>> create(const S3Options& options);

  // The answer if it is a success (2xx), else its error (see s3_error.h). Failures of the network
  // are those of http::Client.
  Result<http::Response> send(Context& context, S3Call& call);

 private:
  S3Client(S3Options options, std::unique_ptr<http::Client> client, std::string host,
           std::string path_prefix);

  Result<http::Response> send_once(Context& context, S3Call& call);
  http::Request signed_request(const Context& context, const S3Call& call,
                               const std::string& payload_hash, const std::string& content_md5);
  // Whether the refusal taught something with which the request may succeed.
  bool learn(const Context& context, const http::Response& refusal,
             const std::string& asked_region);
  std::string region();
  Error without_secrets(Error failure) const;

  const S3Options options_;
  const std::unique_ptr<http::Client> client_;
  const std::string host_;         // as the header Host has it
  const std::string path_prefix_;  // "/bucket", or "" when the host's name has the bucket's
  // The server's time less ours.
  std::atomic<EpochSeconds> clock_offset_ = 0;
  std::mutex mutex_;  // guards region_
  std::string region_;
};

}  // namespace salvor::objectstore::internal
