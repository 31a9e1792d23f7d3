#include "repo/usage.h"

#include "repo/tree.h"

namespace salvor::repo {
namespace {

constexpr std::size_t kDepthMax = 5000;  // a tree that holds itself has no end

}  // namespace

Result<void> Usage::add(Context& context, const Snapshot& snapshot) {
  return walk(context, snapshot.tree(), "snapshot " + snapshot.id().brief() + ": ", 0);
}

Result<void> Usage::walk(Context& context, const Id& tree, const std::string& path,
                         std::size_t depth) {
  TRY_VOID(context.check());
  const BlobKey key{BlobType::tree, tree};
  if (!used_.insert(key).second) return {};
  if (depth > kDepthMax) {
    complaint_(path, error(ErrorCode::corrupt, "folders are nested without an end"));
    return {};
  }
  auto text = loader_.load(context, key, index_.find(key));
  TRY_VOID(context.check());
  if (!text.ok()) {
    complaint_(path, text.error());
    return {};
  }
  std::vector<std::pair<Id, std::string>> folders;
  auto read = read_tree(*std::move(text), [&](const Node& node) -> Result<void> {
    for (const Id& id : node.content) need(id, path + "/" + node.name);
    if (node.subtree) folders.emplace_back(*node.subtree, path + "/" + node.name);
    return {};
  });
  if (!read.ok()) complaint_(path, read.error());
  for (const auto& [id, below] : folders) TRY_VOID(walk(context, id, below, depth + 1));
  return {};
}

void Usage::need(const Id& content, const std::string& path) {
  const BlobKey key{BlobType::data, content};
  if (!used_.insert(key).second || index_.contains(key)) return;
  complaint_(path, error(ErrorCode::not_found, "no index has its blob " + content.brief()));
}

}  // namespace salvor::repo
