// An object of the store that is written through gzip and SHA-256.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "archive/gzip.h"
#include "archive/internal/hash.h"
#include "base/context.h"
#include "objectstore/store.h"

namespace salvor::archive::internal {

// Collects small pieces, so that compressor and store see large ones. One thread at a time. Nothing
// is left of one that is destroyed unfinished.
class GzipFile {
 public:
  static Result<GzipFile> create(Context& context, objectstore::Store& store,
                                 const std::string& name);

  // Where to add bytes; flush() passes them on.
  std::string& pending() { return pending_; }
  // Passes on what is pending when it is much, or all.
  enum class Flush { when_much, all };
  Result<void> flush(Context& context, Flush flush = Flush::when_much);
  // Ends the stream and makes the object visible.
  Result<void> finish(Context& context);

  // Of the object as stored. Requires: finished.
  const std::string& sha256() const { return digest_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  GzipFile(std::unique_ptr<objectstore::Upload> upload);
  Result<void> send(Context& context);

  std::unique_ptr<objectstore::Upload> upload_;
  std::unique_ptr<Deflater> deflater_;
  std::unique_ptr<Sha256> hash_;
  std::string pending_;     // not yet compressed
  std::string compressed_;  // not yet sent
  std::uint64_t size_bytes_ = 0;
  std::string digest_;
};

}  // namespace salvor::archive::internal
