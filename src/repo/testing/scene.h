// A repository in memory and a folder on disk, for tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "objectstore/memory.h"
#include "repo/folder_restorer.h"
#include "repo/folder_saver.h"
#include "repo/repository.h"

namespace salvor::repo::testing {

inline constexpr const char* kPassword = "secret";
inline constexpr ScryptCost kCheap{.n = 16, .r = 1, .p = 1};

// Fails the running test when the repository cannot be made.
inline Repository make_repository(objectstore::Store& store, const std::string& prefix = "") {
  Context context = background();
  auto made = Repository::create(context, {store, prefix}, kPassword, {"u", "h"}, kCheap);
  EXPECT_TRUE(made.ok()) << made.error().message;
  return *std::move(made);
}

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/salvor-repo-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& below = "") const {
    return below.empty() ? path_ : path_ + "/" + below;
  }
  void write(const std::string& file, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(file)).parent_path());
    std::ofstream(path(file), std::ios::binary) << bytes;
  }
  std::string read(const std::string& file) const {
    std::ifstream in(path(file), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool has(const std::string& file) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path(file)));
  }

 private:
  std::string path_;
};

// The same for the same seed, and not compressible.
std::string noise(std::size_t bytes, unsigned seed);

struct Scene {
  Context context = background();
  std::unique_ptr<objectstore::Store> store = objectstore::make_memory_store();
  Repository repository = make_repository(*store);
  Folder source{};
  Folder target{};
  EpochSeconds last_snapshot = 100;

  Result<SavedFolder> save(const SaveOptions& options = {}) {
    TRY(Index index, repository.load_index(context));
    return save_folder(context, repository, index, source.path(), options);
  }
  // Saves what is in the source folder as a snapshot, each a second later than the last; its id.
  Id snapshot();
  Result<RestoredFolder> restore(const Id& tree) {
    TRY(const Index index, repository.load_index(context));
    return restore_folder(context, repository, index, tree, target.path(), {});
  }
};

}  // namespace salvor::repo::testing
