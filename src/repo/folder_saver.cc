#include "repo/folder_saver.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "repo/blob_loader.h"
#include "repo/internal/buffer.h"
#include "repo/internal/crew.h"
#include "repo/internal/file_chunks.h"
#include "repo/internal/pending_tree.h"
#include "repo/local_file.h"
#include "repo/tree.h"

namespace salvor::repo {
namespace {

using internal::Buffer;
using internal::Crew;
using internal::PendingFile;
using internal::PendingFolder;

using FolderPtr = std::shared_ptr<PendingFolder>;  // shared: see pending_tree.h
using FilePtr = std::shared_ptr<PendingFile>;      // shared by the chunks that are being saved
using Known = std::map<std::string, Node>;         // the entries of a folder in the last backup

bool is_unchanged(const Node& node, const Node& before) {
  return before.type == NodeType::file && node.size == before.size &&
         node.modified == before.modified && node.changed == before.changed &&
         node.inode == before.inode;
}

class FolderSave {
 public:
  FolderSave(Context& context, const Repository& repository, Index& index,
             const SaveOptions& options)
      : context_(context),
        options_(options),
        progress_(options.progress != nullptr ? *options.progress : nobodys_progress_),
        chunker_(repository.config().polynomial),
        loader_(repository),
        saver_(repository, index),
        crew_(repository, options.threads, options.level) {}

  Result<SavedFolder> run(const std::string& path) {
    auto root = std::make_shared<PendingFolder>();
    root->descriptor = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root->descriptor.is_open()) return system_error(errno, "opening folder " + path);
    struct stat facts {};
    if (::fstat(root->descriptor.get(), &facts) != 0)
      return system_error(errno, "looking at folder " + path);
    device_ = facts.st_dev;
    TRY_VOID(put_in_named_folder(*root));
    TRY(const auto names, names_in(root->descriptor.get()));
    auto walked = walk(root, names, options_.parent_tree, 1);
    if (root->end_one()) crew_.submit(0, [this, root](BlobSealer& sealer) { end(sealer, root); });
    root.reset();
    crew_.wait();
    TRY_VOID(std::move(walked));
    if (failure_) return *std::move(failure_);
    TRY_VOID(saver_.finish(context_));
    result_.tree = root_tree_;
    result_.saved = saver_.saved();
    return std::move(result_);
  }

 private:
  // Above the root there is one more folder then, of one entry.
  Result<void> put_in_named_folder(PendingFolder& root) const {
    if (options_.root_name.empty()) return {};
    TRY(Node node, read_node(root.descriptor.get(), "."));
    node.name = options_.root_name;
    root.parent = std::make_shared<PendingFolder>();
    root.parent->entries.emplace_back(std::move(node));
    return {};
  }

  Result<void> walk(const FolderPtr& folder, const std::vector<std::string>& names,
                    const std::optional<Id>& before, std::size_t depth) {
    const Known known = known_entries(before);
    folder->entries.resize(names.size());
    for (std::size_t place = 0; place < names.size(); ++place) {
      TRY_VOID(context_.check());
      if (has_failed()) return {};
      const auto found = known.find(names[place]);
      const Node* const old = found == known.end() ? nullptr : &found->second;
      TRY_VOID(visit(folder, place, names[place], old, depth));
    }
    return {};
  }

  // A damaged or missing tree only means that all is read again.
  Known known_entries(const std::optional<Id>& tree) {
    Known known;
    if (!tree) return known;
    const BlobKey key{BlobType::tree, *tree};
    auto text = loader_.load(context_, key, saver_.find(key));
    if (!text.ok()) return known;
    const auto read = read_tree(*std::move(text), [&](Node node) -> Result<void> {
      std::string name = node.name;
      known.emplace(std::move(name), std::move(node));
      return {};
    });
    return read.ok() ? known : Known();
  }

  Result<void> visit(const FolderPtr& folder, std::size_t place, const std::string& name,
                     const Node* before, std::size_t depth) {
    auto read = read_node(folder->descriptor.get(), name);
    if (!read.ok()) {
      note(folder->path_of(name), std::move(read).error());
      return {};
    }
    folder->entries[place] = *std::move(read);
    Node& node = *folder->entries[place];
    if (node.type == NodeType::folder) return enter(folder, place, before, depth);
    if (node.type == NodeType::file) return take(folder, place, before);
    const std::lock_guard lock(mutex_);
    ++result_.counts.others;
    return {};
  }

  Result<void> enter(const FolderPtr& parent, std::size_t place, const Node* before,
                     std::size_t depth) {
    const Node& node = *parent->entries[place];
    const std::string path = parent->path_of(node.name);
    auto folder = std::make_shared<PendingFolder>();
    folder->parent = parent;
    folder->place = place;
    folder->path = path;
    std::vector<std::string> names;
    // Of another file system only the place where it is mounted is ours.
    if (node.device_id == device_) {
      folder->descriptor = Descriptor(::openat(parent->descriptor.get(), node.name.c_str(),
                                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      auto listed = list(folder->descriptor, depth);
      if (listed.ok()) {
        names = *std::move(listed);
      } else {
        note(path, std::move(listed).error());
      }
    }
    ++parent->open;
    const auto tree = before != nullptr ? before->subtree : std::nullopt;
    auto walked = walk(folder, names, tree, depth + 1);
    if (folder->end_one())
      crew_.submit(0, [this, folder](BlobSealer& sealer) { end(sealer, folder); });
    return walked;
  }

  // Right after it was opened, or was not.
  static Result<std::vector<std::string>> list(const Descriptor& folder, std::size_t depth) {
    if (!folder.is_open()) return system_error(errno, "opening the folder");
    if (depth > kFolderDepthMax)
      return error(ErrorCode::exhausted, "the folder is nested too deep");
    return names_in(folder.get());
  }

  Result<void> take(const FolderPtr& folder, std::size_t place, const Node* before) {
    Node& node = *folder->entries[place];
    const bool is_same = before != nullptr && is_unchanged(node, *before) && is_here(*before);
    {
      const std::lock_guard lock(mutex_);
      SaveCounts& counts = result_.counts;
      ++(is_same             ? counts.files_unmodified
         : before != nullptr ? counts.files_changed
                             : counts.files_new);
      if (is_same) counts.bytes += node.size;
    }
    if (is_same) {
      ++progress_.files;
      progress_.bytes += node.size;
      node.content = before->content;
      return {};
    }
    ++folder->open;
    if (node.size <= kChunkMin) {
      crew_.submit(node.size,
                   [this, folder, place](BlobSealer& sealer) { read_here(sealer, folder, place); });
      return {};
    }
    return read_ahead(folder, place);
  }

  bool is_here(const Node& node) const {
    return std::all_of(node.content.begin(), node.content.end(), [&](const Id& id) {
      return saver_.knows({BlobType::data, id});
    });
  }

  Descriptor open_file(const FolderPtr& folder, const Node& node) const {
    // Without waiting, should it have become a pipe meanwhile.
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    const int parent = folder->descriptor.get();
    Descriptor file(::openat(parent, node.name.c_str(), flags | O_NOATIME));
    if (!file.is_open() && errno == EPERM)
      file = Descriptor(::openat(parent, node.name.c_str(), flags));
    return file;
  }

  // A small file, whole, in a thread of the crew.
  void read_here(BlobSealer& sealer, const FolderPtr& folder, std::size_t place) {
    Node& node = *folder->entries[place];
    std::uint64_t size = 0;
    Result<void> done = reading(folder, node, [&](std::string_view chunk, Buffer&) -> Result<void> {
      TRY(const Id id, save(sealer, BlobType::data, chunk));
      node.content.push_back(id);
      size += chunk.size();
      progress_.bytes += chunk.size();
      return {};
    });
    end_file(sealer, folder, place, done, size);
  }

  // A large one is read by the walk's thread, and its chunks are saved by the crew.
  Result<void> read_ahead(const FolderPtr& folder, std::size_t place) {
    const auto file = std::make_shared<PendingFile>();
    file->folder = folder;
    file->place = place;
    std::size_t count = 0;
    std::uint64_t size = 0;
    const auto sink = [&](std::string_view chunk, Buffer& memory) -> Result<void> {
      if (has_failed()) return error(ErrorCode::cancelled, "the backup has failed");
      size += chunk.size();
      progress_.bytes += chunk.size();
      hand_over(file, count++, chunk, std::move(memory));
      return {};
    };
    const auto done = reading(folder, *folder->entries[place], sink);
    crew_.submit(0, [this, file, done, size](BlobSealer& sealer) {
      // Behind the last chunk in the queue, perhaps not in time.
      file->result = done;
      file->size = size;
      end_chunk(sealer, file);
    });
    return context_.check();
  }

  void hand_over(const FilePtr& file, std::size_t number, std::string_view chunk, Buffer memory) {
    ++file->open;
    // Holes are many and all the same, and need no memory.
    const bool is_hole = chunk.data() == internal::hole_chunk().data();
    const auto kept = std::make_shared<Buffer>(
        std::move(memory));  // shared by the copies that functions make of a task
    crew_.submit(
        is_hole ? 0 : chunk.size(), [this, is_hole, file, number, chunk, kept](BlobSealer& sealer) {
          const auto id = is_hole ? save_hole(sealer) : save(sealer, BlobType::data, chunk);
          if (id.ok()) file->set(number, *id);
          chunk_memory_.give(std::move(*kept));
          end_chunk(sealer, file);
        });
  }

  // Hashed once: a large disk's image has a hundred thousand of them.
  Result<Id> save_hole(BlobSealer& sealer) {
    {
      const std::lock_guard lock(mutex_);
      if (hole_) return *hole_;
    }
    auto id = save(sealer, BlobType::data, internal::hole_chunk());
    const std::lock_guard lock(mutex_);
    if (id.ok()) hole_ = *id;
    return id;
  }

  void end_chunk(BlobSealer& sealer, const FilePtr& file) {
    if (!file->end_one()) return;
    file->folder->entries[file->place]->content = std::move(file->content);
    end_file(sealer, file->folder, file->place, file->result, file->size);
  }

  Result<void> reading(const FolderPtr& folder, const Node& node, const internal::ChunkSink& sink) {
    const Descriptor file = open_file(folder, node);
    if (!file.is_open()) return system_error(errno, "opening");
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
      return error(ErrorCode::conflict, "it is no file any more");
    return internal::read_chunks(context_, file.get(), node.size, chunker_, chunk_memory_, sink);
  }

  void end_file(BlobSealer& sealer, const FolderPtr& folder, std::size_t place,
                const Result<void>& done, std::uint64_t size) {
    Node& node = *folder->entries[place];
    if (done.ok()) {
      node.size = size;  // it may have changed since it was looked at
      ++progress_.files;
      const std::lock_guard lock(mutex_);
      result_.counts.bytes += size;
    } else {
      note(folder->path_of(node.name), done.error());
      progress_.bytes -= size;
      folder->entries[place].reset();  // half a file is no file
    }
    end_entry(sealer, folder);
  }

  void end_entry(BlobSealer& sealer, const FolderPtr& folder) {
    if (folder->end_one()) end(sealer, folder);
  }

  // All that is in the folder is known: its tree is saved, and with it its parent may be known.
  void end(BlobSealer& sealer, const FolderPtr& ended) {
    for (FolderPtr folder = ended; folder;) {
      TreeWriter writer;
      for (const auto& entry : folder->entries) {
        if (entry) writer.add(*entry);
      }
      folder->entries.clear();
      folder->descriptor = Descriptor();
      const auto tree =
          has_failed() ? Result<Id>(Id{}) : save(sealer, BlobType::tree, writer.finish());
      if (!tree.ok()) return;
      const FolderPtr parent = folder->parent;
      const std::lock_guard lock(mutex_);
      ++result_.counts.folders;
      if (!parent) {
        root_tree_ = *tree;
        return;
      }
      parent->entries[folder->place]->subtree = *tree;
      folder = parent->end_one() ? parent : nullptr;
    }
  }

  // A store that fails ends everything.
  Result<Id> save(BlobSealer& sealer, BlobType type, std::string_view plain) {
    auto id = saver_.save(context_, sealer, type, plain);
    if (id.ok()) return id;
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = id.error();
    return id;
  }

  bool has_failed() const {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  void note(const std::string& path, Error failure) {
    const std::lock_guard lock(mutex_);
    ++result_.problem_count;
    if (result_.problems.size() < kEntryProblemsMax)
      result_.problems.push_back({path, std::move(failure)});
  }

  Context& context_;
  const SaveOptions& options_;
  Progress nobodys_progress_;
  Progress& progress_;
  const Chunker chunker_;
  internal::BufferStock chunk_memory_{internal::kChunkStock, internal::kChunkUsual};
  std::uint64_t device_ = 0;
  BlobLoader loader_;         // of the walk
  mutable std::mutex mutex_;  // guards what follows
  SavedFolder result_;
  Id root_tree_;
  std::optional<Error> failure_;
  std::optional<Id> hole_;  // of hole_chunk(), once it is saved
  BlobSaver saver_;
  Crew crew_;  // last: its threads use the members above
};

}  // namespace

Result<SavedFolder> save_folder(Context& context, const Repository& repository, Index& index,
                                const std::string& path, const SaveOptions& options) {
  return FolderSave(context, repository, index, options).run(path);
}

}  // namespace salvor::repo
