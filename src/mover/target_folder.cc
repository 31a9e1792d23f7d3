#include "mover/target_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "repo/blob_loader.h"
#include "repo/tree.h"

namespace salvor::mover {
namespace {

using repo::Descriptor;
using repo::Node;
using repo::NodeType;
using repo::system_error;

// Holds a folder against a tree: whether all that is in it is of the tree.
class Comparison {
 public:
  Comparison(Context& context, const repo::Repository& repository, const repo::Index& index)
      : context_(context), index_(index), loader_(repository) {}

  Result<void> run(int folder, const repo::Id& tree, const std::string& path, std::size_t depth) {
    TRY(const auto names, repo::names_in(folder));
    if (names.empty()) return {};
    if (depth > repo::kFolderDepthMax) return foreign(path);
    TRY(const auto nodes, entries(tree));
    for (const std::string& name : names) {
      TRY_VOID(context_.check());
      if (path.empty() && name == "lost+found") continue;
      const std::string at = path.empty() ? name : path + "/" + name;
      const auto node = nodes.find(name);
      if (node == nodes.end()) return foreign(at);
      TRY_VOID(compare(folder, node->second, at, depth));
    }
    return {};
  }

 private:
  static Error foreign(const std::string& path) {
    return error(ErrorCode::conflict,
                 "the folder holds \"" + path + "\", which is not of the snapshot")
        .with_hint("restore into an empty folder");
  }

  Result<std::map<std::string, Node>> entries(const repo::Id& tree) {
    const repo::BlobKey key{repo::BlobType::tree, tree};
    TRY(std::string text, loader_.load(context_, key, index_.find(key)));
    std::map<std::string, Node> nodes;
    TRY_VOID(repo::read_tree(std::move(text), [&](Node node) -> Result<void> {
      std::string name = node.name;
      nodes.emplace(std::move(name), std::move(node));
      return {};
    }));
    return nodes;
  }

  Result<void> compare(int folder, const Node& node, const std::string& path, std::size_t depth) {
    TRY(const Node there, repo::read_node(folder, node.name));
    if (there.type != node.type || there.link_target != node.link_target) return foreign(path);
    const bool is_same_file = there.size == node.size && there.modified == node.modified;
    if (node.type == NodeType::file && !is_same_file) return foreign(path);
    if (node.type != NodeType::folder) return {};
    const Descriptor below(
        ::openat(folder, node.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!below.is_open()) return system_error(errno, "opening folder " + path);
    return run(below.get(), *node.subtree, path, depth + 1);
  }

  Context& context_;
  const repo::Index& index_;
  repo::BlobLoader loader_;
};

}  // namespace

Result<TargetFolder> TargetFolder::take(Context& context, const repo::Repository& repository,
                                        const repo::Index& index, const std::string& path,
                                        const repo::Id& snapshot, const repo::RootFolder& root) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return system_error(errno, "opening folder " + path);
  TargetFolder target(std::move(folder), ".salvor-restore-" + snapshot.hex());
  if (::faccessat(target.folder_.get(), target.mark_.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return target;
  TRY_VOID(Comparison(context, repository, index).run(target.folder_.get(), root.tree, "", 1));
  TRY_VOID(target.set_mark());
  return target;
}

// Durable before what it speaks for.
Result<void> TargetFolder::set_mark() {
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const Descriptor mark(::openat(folder_.get(), mark_.c_str(), flags, 0600));
  if (!mark.is_open() || ::fsync(mark.get()) != 0 || ::fsync(folder_.get()) != 0)
    return system_error(errno, "marking the folder with " + mark_);
  return {};
}

Result<void> TargetFolder::finish(const repo::RootFolder& root) {
  if (::unlinkat(folder_.get(), mark_.c_str(), 0) != 0 && errno != ENOENT)
    return system_error(errno, "removing " + mark_);
  Result<void> done;
  if (root.node) done = repo::apply_metadata(folder_.get(), *root.node);
  if (::fsync(folder_.get()) != 0) return system_error(errno, "making the folder durable");
  return std::move(done).within("the folder itself");
}

}  // namespace salvor::mover
