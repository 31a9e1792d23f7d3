// Which blobs the snapshots of a repository need.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "repo/blob_loader.h"
#include "repo/index.h"
#include "repo/repository.h"
#include "repo/snapshot.h"

namespace salvor::repo {

// Walks over all that snapshots reach, each tree once. One thread at a time.
class Usage {
 public:
  // Told of what is needed and missing or damaged: where it was found to be needed, and why it
  // cannot be had. The walk goes on.
  using Complaint = std::function<void(const std::string& where, const Error& failure)>;

  Usage(const Repository& repository, const Index& index, Complaint complaint)
      : index_(index), loader_(repository), complaint_(std::move(complaint)) {}

  // Fails only when it is stopped.
  Result<void> add(Context& context, const Snapshot& snapshot);
  const BlobSet& used() const { return used_; }

 private:
  struct Folder {
    Id tree;
    std::string path;
    std::size_t depth = 0;
  };
  Result<void> look_into(Context& context, const Folder& folder, std::vector<Folder>& pending);
  void need(const Id& content, const std::string& path);

  const Index& index_;
  BlobLoader loader_;
  const Complaint complaint_;
  BlobSet used_;
};

}  // namespace salvor::repo
