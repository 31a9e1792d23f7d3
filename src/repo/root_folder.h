// The folder that a snapshot was made of: its tree, and what is known of the folder itself.
#pragma once

#include <optional>

#include "base/context.h"
#include "base/result.h"
#include "repo/index.h"
#include "repo/node.h"
#include "repo/repository.h"
#include "repo/snapshot.h"

namespace salvor::repo {

struct RootFolder {
  Id tree;                        // of what is in the folder
  std::optional<Node> node = {};  // its owner, mode, times and attributes; nothing: not known
};

// A tree whose only entry is a folder named as the last part of the snapshot's only path holds that
// folder itself: SaveOptions::root_name makes such ones, and so does restic of "/name". Any other
// tree is the folder's content. Fails when the tree cannot be read.
Result<RootFolder> root_folder(Context& context, const Repository& repository, const Index& index,
                               const Snapshot& snapshot);

// "claim" of "/namespace/claim".
std::string last_part(const std::string& path);

}  // namespace salvor::repo
