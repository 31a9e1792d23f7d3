#include "repo/usage.h"

#include <algorithm>

#include "repo/tree.h"

namespace salvor::repo {
namespace {

constexpr std::size_t kDepthMax = 5000;  // a tree that holds itself has no end

}  // namespace

Result<void> Usage::add(Context& context, const Snapshot& snapshot) {
  const std::string path = "snapshot " + snapshot.id().brief() + ": ";
  // Not by recursion: a hostile tree would need more stack than a thread has.
  std::vector<Folder> pending = {{snapshot.tree(), path, 0}};
  while (!pending.empty()) {
    const Folder folder = std::move(pending.back());
    pending.pop_back();
    TRY_VOID(look_into(context, folder, pending));
  }
  return {};
}

// Its folders come last among those that are pending, the first of them at the end.
Result<void> Usage::look_into(Context& context, const Folder& folder,
                              std::vector<Folder>& pending) {
  TRY_VOID(context.check());
  const BlobKey key{BlobType::tree, folder.tree};
  if (!used_.insert(key).second) return {};
  if (folder.depth > kDepthMax) {
    complaint_(folder.path, error(ErrorCode::corrupt, "folders are nested without an end"));
    return {};
  }
  auto text = loader_.load(context, key, index_.find(key));
  TRY_VOID(context.check());
  if (!text.ok()) {
    complaint_(folder.path, text.error());
    return {};
  }
  const std::size_t first = pending.size();
  auto read = read_tree(*std::move(text), [&](const Node& node) -> Result<void> {
    for (const Id& id : node.content) need(id, folder.path + "/" + node.name);
    if (node.subtree)
      pending.push_back({*node.subtree, folder.path + "/" + node.name, folder.depth + 1});
    return {};
  });
  if (!read.ok()) complaint_(folder.path, read.error());
  std::reverse(pending.begin() + static_cast<std::ptrdiff_t>(first), pending.end());
  return {};
}

void Usage::need(const Id& content, const std::string& path) {
  const BlobKey key{BlobType::data, content};
  if (!used_.insert(key).second || index_.contains(key)) return;
  complaint_(path, error(ErrorCode::not_found, "no index has its blob " + content.brief()));
}

}  // namespace salvor::repo
