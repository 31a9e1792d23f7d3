// Single blobs by their key: trees, mostly. What moves much data reads whole packs instead.
#pragma once

#include <string>

#include "base/context.h"
#include "base/result.h"
#include "repo/blob_opener.h"
#include "repo/index.h"
#include "repo/internal/recent_blocks.h"
#include "repo/repository.h"

namespace salvor::repo {

// One thread at a time. Borrows the repository.
class BlobLoader {
 public:
  explicit BlobLoader(const Repository& repository)
      : blocks_(repository), opener_(repository.key()) {}

  // `found`: what an index says of it. Fails with not_found when it says nothing, with corrupt when
  // the blob is damaged.
  Result<std::string> load(Context& context, const BlobKey& key,
                           const std::optional<Index::Found>& found);

 private:
  internal::RecentBlocks blocks_;
  BlobOpener opener_;
};

}  // namespace salvor::repo
