// Trees: the blobs that hold a folder's entries, as JSON.
// Source: restic's internal/data/tree.go and doc/design.rst, "Trees and Data". Foreign bytes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "repo/node.h"

namespace salvor::repo {

// The text of a tree, made entry by entry. Its id is the hash of exactly these bytes.
class TreeWriter {
 public:
  // Requires: names come in the order of their bytes, each once.
  void add(const Node& node);
  // The whole text; the writer is empty again.
  std::string finish();

 private:
  std::string text_;
  std::string last_;
};

// Reads a tree's text entry by entry. Fails with corrupt when it is no tree: also when a name could
// lead out of its folder or is there twice. What is unknown is passed over, and all but an entry's
// name and type may be missing.
using NodeSink = std::function<Result<void>(Node node)>;
Result<void> read_tree(std::string text, const NodeSink& sink);

}  // namespace salvor::repo
