// Writes the files of a batch, with many threads, and tells what came of them. Of
// folder_restorer.cc alone.
#pragma once

#include <unistd.h>

#include <mutex>
#include <string>
#include <string_view>

#include "base/context.h"
#include "repo/blob_opener.h"
#include "repo/folder_restorer.h"
#include "repo/internal/buffer.h"
#include "repo/internal/restore_batch.h"
#include "repo/local_file.h"
#include "repo/repository.h"

namespace salvor::repo::internal {

// Problems and counts, from many threads.
class RestoreReport {
 public:
  void problem(const std::string& path, Error failure);
  void count(std::uint64_t RestoreCounts::*what, std::uint64_t more = 1);
  RestoredFolder take() { return std::move(result_); }

 private:
  std::mutex mutex_;
  RestoredFolder result_;
};

// What one thread needs to open blobs, from batch to batch.
struct Workspace {
  explicit Workspace(const MasterKey& key) : opener(key) {}
  BlobOpener opener;
  Buffer part;
};

// Any thread may call. Borrows all.
class BatchWriter {
 public:
  // `root`: the folder that is restored to.
  BatchWriter(Context& context, const Repository& repository, int root, BytesThere bytes_there,
              RestoreReport& report, Progress& progress)
      : context_(context),
        repository_(repository),
        root_(root),
        bytes_there_(bytes_there),
        report_(report),
        progress_(progress) {}

  // One thread's share: whichever part is next.
  void work(RestoreBatch& batch, Workspace& space);
  // Gives a file all but its bytes; one of which a blob is bad goes.
  void finish(RestoreFile& file);

 private:
  void write_part(const RestoreBatch& batch, const ReadPart& part, Workspace& space);
  void write_use(const BlobUse& use, const Result<std::string_view>& plain);
  void finish(const Descriptor& to, const RestoreFile& file);
  Result<void> write_whole(RestoreFile& file, std::string_view plain);
  Result<void> write_part_of(RestoreFile& file, std::uint64_t offset, std::string_view plain);
  Result<void> write_at(const Descriptor& to, std::uint64_t offset, std::string_view plain);
  Result<Descriptor> opened(const RestoreFile& file);
  mode_t mode_to_make(const Node& node) const;
  Result<void> remove(const RestoreFile& file) const;

  Context& context_;
  const Repository& repository_;
  const int root_;
  const BytesThere bytes_there_;
  RestoreReport& report_;
  Progress& progress_;
  const uid_t user_ = ::geteuid();
  const gid_t group_ = ::getegid();
  std::mutex making_;
};

}  // namespace salvor::repo::internal
