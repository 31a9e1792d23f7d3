// The bytes of one object on their way into a bucket: one PUT when they fit a part, else a
// multipart upload, of which one part is kept in memory.
#pragma once

#include <string>
#include <vector>

#include "objectstore/internal/s3_client.h"
#include "objectstore/store.h"

namespace salvor::objectstore::internal {

class S3Upload final : public Upload {
 public:
  // The client must outlive it; `part_bytes` is the first part's size.
  S3Upload(const Context& context, S3Client& client, std::string name, std::string key,
           std::uint64_t part_bytes);
  // Aborts what is not finished.
  ~S3Upload() override;

  Result<void> write(Context& context, const std::string& bytes) override;
  Result<void> finish(Context& context) override;

 private:
  Result<void> send_part(Context& context);
  Result<void> begin_parts(Context& context);
  Result<void> put_whole(Context& context);
  Result<void> complete(Context& context);
  Result<http::Response> send_once_only(Context& context, S3Call& call);

  const Context born_in_;  // whose clock and log outlive the upload
  S3Client& client_;
  const std::string name_;
  const std::string key_;
  const std::uint64_t first_part_bytes_;
  std::string part_;               // what is not sent yet
  std::size_t already_taken_ = 0;  // of the bytes of a write that failed
  std::string id_;                 // of the multipart upload; empty: none is begun
  std::vector<std::string> tags_;  // of the parts that were sent
  bool is_finished_ = false;
};

}  // namespace salvor::objectstore::internal
