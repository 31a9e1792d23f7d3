// First the trees are walked, which says which files there are; then the content is read in the
// order in which it lies in the packs, so that each part of a pack is asked for once.
#include <algorithm>
#include <optional>

#include "repo/blob_loader.h"
#include "repo/root_folder.h"
#include "repo/small_files.h"
#include "repo/tree.h"

namespace salvor::repo {
namespace {

struct Wanted {
  std::string path;
  std::vector<Id> content;
  Index::Found first = {};  // where its content begins
};

bool lies_before(const Wanted& a, const Wanted& b) {
  if (a.first.pack != b.first.pack) return a.first.pack < b.first.pack;
  return a.first.place.offset < b.first.place.offset;
}

std::uint64_t plain_length(const BlobPlace& place) {
  if (place.is_compressed()) return place.plain_length;
  return place.length < kSealBytes ? 0 : place.length - kSealBytes;
}

class Reading {
 public:
  Reading(Context& context, const Repository& repository, const Index& index,
          const FileTaker& taker, const FileLimits& limits)
      : context_(context), index_(index), taker_(taker), limits_(limits), loader_(repository) {}

  Result<void> run(const Id& tree) {
    TRY_VOID(walk(tree, "", 0));
    std::sort(wanted_.begin(), wanted_.end(), lies_before);
    for (const Wanted& file : wanted_) {
      TRY_VOID(context_.check());
      TRY(const std::string* content, content_of(file));
      TRY_VOID(taker_.take(file.path, *content));
    }
    return {};
  }

 private:
  Result<void> walk(const Id& tree, const std::string& folder, std::size_t depth) {
    TRY_VOID(context_.check());
    if (depth > limits_.depth) return error(ErrorCode::corrupt, "\"" + folder + "\" is too deep");
    const BlobKey key{BlobType::tree, tree};
    TRY(std::string text,
        loader_.load(context_, key, index_.find(key)).within("folder \"" + folder + "\""));
    std::vector<std::pair<std::string, Id>> folders;
    TRY_VOID(read_tree(std::move(text), [&](const Node& node) -> Result<void> {
      if (++entries_ > limits_.entries)
        return error(ErrorCode::corrupt, "more than " + std::to_string(limits_.entries) + " files");
      const std::string path = folder + node.name;
      if (node.type == NodeType::file) return note(path, node);
      if (node.type != NodeType::folder || !node.subtree)
        return error(ErrorCode::corrupt, "\"" + path + "\" is neither a file nor a folder");
      folders.emplace_back(path + "/", *node.subtree);
      return {};
    }));
    for (const auto& [path, subtree] : folders) TRY_VOID(walk(subtree, path, depth + 1));
    return {};
  }

  Result<void> note(const std::string& path, const Node& node) {
    TRY(const bool is_wanted, taker_.wants(path));
    if (!is_wanted) return {};
    Wanted file{path, node.content, {}};
    std::uint64_t size = 0;
    for (const Id& id : node.content) {
      const auto found = index_.find({BlobType::data, id});
      if (!found)
        return error(ErrorCode::not_found, "no index has the content of \"" + path + "\"");
      if (size == 0) file.first = *found;
      size += plain_length(found->place);
      if (size > limits_.file_bytes)
        return error(ErrorCode::corrupt, "\"" + path + "\" is larger than such a file can be");
    }
    total_bytes_ += size;
    if (total_bytes_ > limits_.total_bytes)
      return error(ErrorCode::corrupt, "the files are larger than all of them can be");
    wanted_.push_back(std::move(file));
    return {};
  }

  // Until the next call. Files of the same content stand together.
  Result<const std::string*> content_of(const Wanted& file) {
    if (file.content == loaded_) return &content_;
    content_.clear();
    loaded_ = {};
    for (const Id& id : file.content) {
      const BlobKey key{BlobType::data, id};
      TRY(const std::string part,
          loader_.load(context_, key, index_.find(key)).within("file \"" + file.path + "\""));
      content_ += part;
    }
    loaded_ = file.content;
    return &content_;
  }

  Context& context_;
  const Index& index_;
  const FileTaker& taker_;
  const FileLimits& limits_;
  BlobLoader loader_;
  std::vector<Wanted> wanted_;
  std::uint64_t entries_ = 0;
  std::uint64_t total_bytes_ = 0;
  std::vector<Id> loaded_;  // what content_ is the content of
  std::string content_;
};

}  // namespace

Result<void> read_files(Context& context, const Repository& repository, const Id& snapshot,
                        const FileTaker& taker, const FileLimits& limits) {
  TRY(const Snapshot found,
      load_snapshot(context, repository, snapshot).within("reading snapshot " + snapshot.brief()));
  TRY(const Index index, repository.load_index(context));
  TRY(const RootFolder root, root_folder(context, repository, index, found));
  return Reading(context, repository, index, taker, limits).run(root.tree);
}

}  // namespace salvor::repo
