// Files are saved as they come; what is kept of them is where their content is. When all have come
// their paths are sorted so that the files of one folder stand together, and the trees are made
// from the leaves to the root.
#include <algorithm>

#include "repo/blob_saver.h"
#include "repo/leftovers.h"
#include "repo/root_folder.h"
#include "repo/small_files.h"
#include "repo/tree.h"

namespace salvor::repo {
namespace {

constexpr int kLevel = 3;  // of zstd, as for volumes
constexpr std::uint32_t kFileMode = 0600;
constexpr std::uint32_t kFolderMode = 0700;

struct Entry {
  std::string path;
  std::vector<Id> content;
  std::uint64_t size = 0;
};

bool is_relative(const std::string& path) {
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string_view part = std::string_view(path).substr(from, end - from);
    if (part.empty() || part == "." || part == "..") return false;
    if (part.find('\0') != std::string_view::npos) return false;
    from = end + 1;
  }
  return true;
}

// '/' before all else, so that what is in a folder stands together.
bool comes_before(const Entry& a, const Entry& b) {
  const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
  return std::ranges::lexicographical_compare(a.path, b.path, {}, rank, rank);
}

Node node_of(NodeType type, std::string name) {
  Node node;
  node.type = type;
  node.name = std::move(name);
  node.mode = type == NodeType::folder ? kFolderMode : kFileMode;
  return node;
}

class FileSet {
 public:
  FileSet(Context& context, const Repository& repository, Index& index)
      : context_(context),
        chunker_(repository.config().polynomial),
        saver_(repository, index),
        sealer_(repository, kLevel) {}

  Result<void> add(const std::string& path, std::string_view content) {
    TRY_VOID(context_.check());
    if (!is_relative(path)) return error(ErrorCode::invalid, "\"" + path + "\" is no path");
    Entry entry{path, {}, content.size()};
    while (!content.empty()) {
      const std::size_t length = chunker_.cut(content);
      TRY(const Id id, saver_.save(context_, sealer_, BlobType::data, content.substr(0, length)));
      entry.content.push_back(id);
      content.remove_prefix(length);
    }
    bytes_ += entry.size;
    entries_.push_back(std::move(entry));
    return {};
  }

  // The tree that holds one folder with all of them.
  Result<Id> finish(const std::string& folder) {
    std::sort(entries_.begin(), entries_.end(), comes_before);
    Node root = node_of(NodeType::folder, folder);
    TRY(root.subtree, tree_of(0, entries_.size(), 0));
    TreeWriter writer;
    writer.add(root);
    TRY(const Id tree, saver_.save(context_, sealer_, BlobType::tree, writer.finish()));
    TRY_VOID(saver_.finish(context_));
    return tree;
  }

  Json summary() const {
    const SavedBytes saved = saver_.saved();
    return {{"data_blobs", saved.data_blobs},
            {"tree_blobs", saved.tree_blobs},
            {"data_added", saved.plain},
            {"data_added_packed", saved.packed},
            {"total_files_processed", entries_.size()},
            {"total_bytes_processed", bytes_}};
  }

  std::uint64_t files() const { return entries_.size(); }
  std::uint64_t stored_bytes() const { return saver_.saved().packed; }

 private:
  // Of entries [first, last), whose paths are the same before `from`.
  Result<Id> tree_of(std::size_t first, std::size_t last, std::size_t from) {
    TreeWriter writer;
    std::string before;
    while (first < last) {
      const std::string& path = entries_[first].path;
      const std::size_t end = path.find('/', from);
      const bool is_file = end == std::string::npos;
      Node node = node_of(is_file ? NodeType::file : NodeType::folder,
                          path.substr(from, is_file ? end : end - from));
      if (node.name == before)
        return error(ErrorCode::invalid, "\"" + path + "\" came twice, or as file and as folder");
      before = node.name;
      std::size_t next = first + 1;
      if (is_file) {
        node.size = entries_[first].size;
        node.content = entries_[first].content;
      } else {
        next = end_of_folder(first, last, end + 1);
        TRY(node.subtree, tree_of(first, next, end + 1));
      }
      writer.add(node);
      first = next;
    }
    return saver_.save(context_, sealer_, BlobType::tree, writer.finish());
  }

  std::size_t end_of_folder(std::size_t first, std::size_t last, std::size_t length) const {
    const std::string folder = entries_[first].path.substr(0, length);
    while (first < last && entries_[first].path.starts_with(folder)) ++first;
    return first;
  }

  Context& context_;
  const Chunker chunker_;
  BlobSaver saver_;
  BlobSealer sealer_;
  std::vector<Entry> entries_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<SavedFiles> save_files(Context& context, const Repository& repository, SnapshotFacts facts,
                              const FileSource& source) {
  // Snapshots before the index: what they need is then in it.
  TRY(const auto snapshots, load_snapshots(context, repository));
  TRY(Index index, repository.load_index(context));
  TRY_VOID(name_leftovers(context, repository, index));
  FileSet files(context, repository, index);
  TRY_VOID(source(
      [&](const std::string& path, std::string_view content) { return files.add(path, content); }));
  TRY(facts.tree, files.finish(last_part(facts.path)));
  if (const Snapshot* parent = find_parent(snapshots, facts)) facts.parent = parent->id();
  facts.summary = files.summary();
  Json json = snapshot_json(facts, next_time(snapshots, context.clock.wall_seconds()));
  TRY(const Id id, repository.save(context, FileKind::snapshot, compact(json)));
  TRY(Snapshot made, Snapshot::from(id, std::move(json)));
  return SavedFiles{std::move(made), files.files(), files.stored_bytes()};
}

}  // namespace salvor::repo
