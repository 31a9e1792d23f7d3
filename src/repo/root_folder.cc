#include "repo/root_folder.h"

#include "repo/blob_loader.h"
#include "repo/tree.h"

namespace salvor::repo {

Result<RootFolder> root_folder(Context& context, const Repository& repository, const Index& index,
                               const Snapshot& snapshot) {
  const auto paths = snapshot.paths();
  RootFolder root{snapshot.tree()};
  if (paths.size() != 1) return root;
  const BlobKey key{BlobType::tree, snapshot.tree()};
  auto text = BlobLoader(repository).load(context, key, index.find(key));
  if (!text.ok()) return std::move(text).error().within("reading the root's tree");
  std::size_t count = 0;
  TRY_VOID(read_tree(*std::move(text), [&](Node node) -> Result<void> {
             if (++count == 1) root.node = std::move(node);
             return {};
           }).within("reading the root's tree"));
  const bool is_root = count == 1 && root.node->subtree && root.node->name == last_part(paths[0]);
  if (is_root) {
    root.tree = *root.node->subtree;
  } else {
    root.node.reset();
  }
  return root;
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace salvor::repo
