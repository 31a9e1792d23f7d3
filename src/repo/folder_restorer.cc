#include "repo/folder_restorer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <latch>
#include <map>
#include <mutex>
#include <optional>

#include "base/pool.h"
#include "repo/blob_loader.h"
#include "repo/internal/batch_writer.h"
#include "repo/internal/beneath.h"
#include "repo/internal/restore_batch.h"
#include "repo/tree.h"

namespace salvor::repo {
namespace {

using internal::BatchWriter;
using internal::open_beneath;
using internal::RestoreBatch;
using internal::RestoreFile;
using internal::Workspace;

constexpr std::size_t kBatchFiles = 10'000;
constexpr std::size_t kBatchUses = 50'000;
constexpr mode_t kOursOnly = 0600;
constexpr mode_t kOurFolder = 0700;

class FolderRestore {
 public:
  FolderRestore(Context& context, const Repository& repository, const Index& index, Descriptor root,
                const RestoreOptions& options)
      : context_(context),
        options_(options),
        index_(index),
        root_(std::move(root)),
        loader_(repository),
        progress_(options.progress != nullptr ? *options.progress : nobodys_progress_),
        writer_(context, repository, root_.get(), options.bytes_there, report_, progress_),
        pool_(options.threads) {
    for (unsigned i = 0; i < options.threads; ++i)
      spaces_.push_back(std::make_unique<Workspace>(repository.key()));
  }

  Result<RestoredFolder> run(const Id& tree) {
    TRY(const std::string text, load(tree).within("reading the root's tree"));
    auto walked = enter("", root_.get(), text, true, 1);
    auto written = walked.ok() ? flush() : Result<void>();
    wait();
    TRY_VOID(std::move(walked));
    TRY_VOID(std::move(written));
    TRY_VOID(context_.check());  // what was not written since a stop is no problem of its files
    link_all();
    finish_folders();
    if (::syncfs(root_.get()) != 0) return system_error(errno, "making what was restored durable");
    return report_.take();
  }

 private:
  struct FolderLeft {
    std::string path;
    Node node;
  };
  struct Link {
    std::string path;
    std::string target;
    std::uint64_t size = 0;
  };
  using InodeKey = std::pair<std::uint64_t, std::uint64_t>;

  Result<std::string> load(const Id& tree) {
    const BlobKey key{BlobType::tree, tree};
    return loader_.load(context_, key, index_.find(key));
  }

  // `may_hold`: whether something may be in the folder's way.
  Result<void> enter(const std::string& path, int folder, const std::string& text, bool may_hold,
                     std::size_t depth) {
    auto read = read_tree(text, [&](Node node) -> Result<void> {
      TRY_VOID(may_go_on());
      ++entries_;
      std::string at = path.empty() ? node.name : path + "/" + node.name;
      if (node.type == NodeType::folder)
        return make_folder(folder, std::move(at), std::move(node), may_hold, depth);
      if (node.type == NodeType::file)
        return add_file(folder, std::move(at), std::move(node), may_hold);
      if (may_hold && !make_way(folder, at, node.name)) return {};
      auto made = make_other(folder, node);
      if (!made.ok()) report_.problem(at, std::move(made).error());
      report_.count(&RestoreCounts::others);
      return {};
    });
    // A damaged tree costs what it would have told; a stop ends all.
    if (read.ok() || !may_go_on().ok()) return read;
    report_.problem(path, std::move(read).error());
    return {};
  }

  Result<void> may_go_on() const {
    TRY_VOID(context_.check());
    if (entries_ < options_.entries_max) return {};
    return error(ErrorCode::exhausted,
                 "the snapshot has more than " + std::to_string(options_.entries_max) + " entries");
  }

  bool make_way(int folder, const std::string& path, const std::string& name) {
    if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return true;
    report_.problem(path, system_error(errno, "removing what is in the way"));
    return false;
  }

  Result<void> make_folder(int parent, std::string path, Node node, bool may_hold,
                           std::size_t depth) {
    auto folder = depth > kFolderDepthMax
                      ? error(ErrorCode::exhausted, "the folder is nested too deep")
                      : made_folder(parent, node.name, may_hold);
    auto text = folder.ok() ? load(*node.subtree) : Result<std::string>(folder.error());
    if (!text.ok()) {
      report_.problem(path, std::move(text).error());
      return {};
    }
    report_.count(&RestoreCounts::folders);
    const std::string at = path;
    folders_.push_back({std::move(path), std::move(node)});
    return enter(at, folder->get(), *text, may_hold, depth + 1);
  }

  static Result<Descriptor> made_folder(int parent, const std::string& name, bool& may_hold) {
    if (::mkdirat(parent, name.c_str(), kOurFolder) == 0) {
      may_hold = false;
      return open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
    }
    if (errno != EEXIST) return system_error(errno, "making the folder");
    auto there = open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
    if (there.ok()) return there;
    if (::unlinkat(parent, name.c_str(), 0) != 0 ||
        ::mkdirat(parent, name.c_str(), kOurFolder) != 0)
      return system_error(errno, "making the folder");
    may_hold = false;
    return open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
  }

  static Result<void> make_other(int folder, const Node& node) {
    const char* const name = node.name.c_str();
    int made = 0;
    switch (node.type) {
      case NodeType::symlink:
        made = ::symlinkat(node.link_target.c_str(), folder, name);
        break;
      case NodeType::fifo:
        made = ::mkfifoat(folder, name, kOursOnly);
        break;
      case NodeType::socket:
        made = ::mknodat(folder, name, S_IFSOCK | kOursOnly, 0);
        break;
      case NodeType::block_device:
        made = ::mknodat(folder, name, S_IFBLK | kOursOnly, node.device);
        break;
      case NodeType::char_device:
        made = ::mknodat(folder, name, S_IFCHR | kOursOnly, node.device);
        break;
      default:
        return error(ErrorCode::invalid, "an entry of a kind that cannot be made");
    }
    if (made != 0) return system_error(errno, "making it");
    return apply_metadata_at(folder, node.name, node);
  }

  Result<void> add_file(int folder, std::string path, Node node, bool may_hold) {
    const std::string* const first = first_of(node, path);
    Descriptor there;
    if (may_hold && first == nullptr && options_.bytes_there == BytesThere::compared)
      there = internal::file_to_keep(folder, node);
    if (may_hold && !there.is_open() && !make_way(folder, path, node.name)) return {};
    if (first != nullptr) {
      links_.push_back({std::move(path), *first, node.size});
      return {};
    }
    RestoreFile& file = batch_->files.emplace_back(std::move(path), std::move(node));
    auto added = batch_->add(file, index_);
    if (!added.ok()) {
      file.is_bad = true;
      report_.problem(file.path, std::move(added).error());
      return {};
    }
    if (there.is_open()) progress_.bytes += batch_->keep_equal(context_, file, there);
    if (file.open == 0) writer_.finish(file);
    if (batch_->files.size() < kBatchFiles && batch_->uses.size() < kBatchUses) return {};
    return flush();
  }

  // The path of the same file, if there was one before; null: it is the first.
  const std::string* first_of(const Node& node, const std::string& path) {
    if (node.links <= 1 || node.inode == 0) return nullptr;
    const auto [first, is_first] = first_paths_.emplace(InodeKey{node.device_id, node.inode}, path);
    return is_first ? nullptr : &first->second;
  }

  // Hands the batch to the threads, once they are done with the one before.
  Result<void> flush() {
    wait();
    TRY_VOID(context_.check());
    running_ = std::exchange(batch_, std::make_unique<RestoreBatch>());
    running_->make_parts();
    ended_.emplace(options_.threads);
    for (unsigned i = 0; i < options_.threads; ++i) {
      pool_.submit([this, batch = running_.get(), space = spaces_[i].get()] {
        writer_.work(*batch, *space);
        ended_->count_down();
      });
    }
    return {};
  }

  void wait() {
    if (ended_) ended_->wait();
    ended_.reset();
    running_.reset();
  }

  void link_all() {
    for (const Link& link : links_) {
      auto made = make_link(link);
      if (!made.ok()) report_.problem(link.path, std::move(made).error());
      report_.count(&RestoreCounts::files);
      ++progress_.files;
      progress_.bytes += link.size;
    }
  }

  Result<void> make_link(const Link& link) const {
    TRY(const internal::Parent from, internal::open_parent(root_.get(), link.target));
    TRY(const internal::Parent to, internal::open_parent(root_.get(), link.path));
    if (::linkat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), 0) == 0)
      return {};
    return system_error(errno, "linking it to " + link.target);
  }

  // What is in a folder changes its times, so its own come last, and those above it later still.
  void finish_folders() {
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
      auto opened = open_beneath(root_.get(), folder->path, O_RDONLY | O_DIRECTORY);
      auto done =
          opened.ok() ? apply_metadata(opened->get(), folder->node) : Result<void>(opened.error());
      if (!done.ok()) report_.problem(folder->path, std::move(done).error());
    }
  }

  Context& context_;
  const RestoreOptions& options_;
  const Index& index_;
  const Descriptor root_;
  BlobLoader loader_;  // of the walk
  std::uint64_t entries_ = 0;
  Progress nobodys_progress_;
  Progress& progress_;
  internal::RestoreReport report_;
  BatchWriter writer_;
  std::vector<FolderLeft> folders_;
  std::map<InodeKey, std::string> first_paths_;
  std::vector<Link> links_;
  std::unique_ptr<RestoreBatch> batch_ = std::make_unique<RestoreBatch>();
  std::unique_ptr<RestoreBatch> running_;
  std::optional<std::latch> ended_;
  std::vector<std::unique_ptr<Workspace>> spaces_;
  Pool pool_;  // last: its threads use the members above
};

}  // namespace

Result<RestoredFolder> restore_folder(Context& context, const Repository& repository,
                                      const Index& index, const Id& tree, const std::string& path,
                                      const RestoreOptions& options) {
  if (::mkdir(path.c_str(), kOurFolder) != 0 && errno != EEXIST)
    return system_error(errno, "making folder " + path);
  Descriptor root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.is_open()) return system_error(errno, "opening folder " + path);
  return FolderRestore(context, repository, index, std::move(root), options).run(tree);
}

}  // namespace salvor::repo
