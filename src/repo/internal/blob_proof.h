// Whether a sealed blob opens to what its id says, found out in pieces: there is no second copy of
// the blob, and what was decrypted is still in the processor's cache when it is decompressed and
// hashed.
#pragma once

#include <string_view>

#include "base/result.h"
#include "repo/blob.h"
#include "repo/cipher.h"
#include "repo/compression.h"
#include "repo/id.h"
#include "repo/internal/buffer.h"

namespace salvor::repo::internal {

// One thread at a time; each thread keeps its own.
class BlobProof {
 public:
  explicit BlobProof(const MasterKey& key) : cipher_(key) {}

  // Fails with corrupt when it does not.
  Result<void> check(std::string_view sealed, const PackedBlob& blob);

 private:
  Cipher cipher_;
  Decompressor decompressor_;
  Hasher hasher_;
  Buffer decrypted_;
  Buffer plain_;
};

}  // namespace salvor::repo::internal
