// Opens sealed blobs: decrypts, decompresses, and holds the bytes against the blob's id. No byte
// leaves a repository without that.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "repo/blob.h"
#include "repo/cipher.h"
#include "repo/compression.h"
#include "repo/internal/buffer.h"

namespace salvor::repo {

// A blob's plain bytes may be at most so many: a tree of a folder with a million entries.
inline constexpr std::size_t kBlobMax = std::size_t{1} << 30;

// One thread at a time; each thread keeps its own.
class BlobOpener {
 public:
  explicit BlobOpener(const MasterKey& key) : cipher_(key) {}

  // The plain bytes, until the next call or the end of `sealed`, which is decrypted in place. Fails
  // with corrupt when they are not what the id says.
  Result<std::string_view> open(std::span<char> sealed, const PackedBlob& blob);

 private:
  Result<std::string_view> unfold(std::string_view decrypted, const PackedBlob& blob);

  Cipher cipher_;
  Decompressor decompressor_;
  internal::Buffer plain_;
};

}  // namespace salvor::repo
