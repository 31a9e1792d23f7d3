#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "objectstore/counted.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "repo/blob_loader.h"
#include "repo/local_file.h"
#include "repo/testing/scene.h"
#include "repo/tree.h"

namespace salvor::repo {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::Fault;
using objectstore::testing::FaultyStore;
using objectstore::testing::Operation;
using testing::noise;

class FolderTest : public ::testing::Test {
 protected:
  SavedFolder saved(const SaveOptions& options = {}) {
    auto result = scene_.save(options);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return *std::move(result);
  }
  RestoredFolder restored(const Id& tree) {
    auto result = scene_.restore(tree);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return *std::move(result);
  }
  void round_trip() {
    const SavedFolder of = saved();
    for (const EntryProblem& problem : of.problems)
      ADD_FAILURE() << problem.path << ": " << problem.failure.message;
    for (const EntryProblem& problem : restored(of.tree).problems)
      ADD_FAILURE() << problem.path << ": " << problem.failure.message;
  }
  static struct stat facts(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(::lstat(path.c_str(), &found), 0) << path;
    return found;
  }
  struct stat source(const std::string& file) { return facts(scene_.source.path(file)); }
  struct stat target(const std::string& file) { return facts(scene_.target.path(file)); }
  std::vector<std::string> pack_names() {
    return objectstore::testing::names_in(*scene_.store, "data/");
  }

  testing::Scene scene_;
};

TEST_F(FolderTest, BringsFilesBack) {
  scene_.source.write("empty", "");
  scene_.source.write("small", "some text");
  scene_.source.write("deep/er/file", noise(10'000, 1));
  scene_.source.write("large", noise(9 << 20, 2));

  round_trip();

  for (const char* file : {"empty", "small", "deep/er/file", "large"})
    EXPECT_EQ(scene_.target.read(file), scene_.source.read(file)) << file;
}

TEST_F(FolderTest, BringsMetadataBack) {
  scene_.source.write("folder/file", "x");
  const std::string file = scene_.source.path("folder/file");
  const std::string folder = scene_.source.path("folder");
  ASSERT_EQ(::chmod(file.c_str(), 04750), 0);
  ASSERT_EQ(::chmod(folder.c_str(), 01711), 0);
  ASSERT_EQ(::setxattr(file.c_str(), "user.note", "a\0b", 3, 0), 0);
  const timespec times[2] = {{100, 1}, {1602277544, 123'456'789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  ASSERT_EQ(::utimensat(AT_FDCWD, folder.c_str(), times, 0), 0);

  round_trip();

  for (const char* entry : {"folder/file", "folder"}) {
    EXPECT_EQ(target(entry).st_mode, source(entry).st_mode);
    EXPECT_EQ(target(entry).st_uid, source(entry).st_uid);
    EXPECT_EQ(target(entry).st_mtim.tv_sec, 1602277544);
    EXPECT_EQ(target(entry).st_mtim.tv_nsec, 123'456'789);
  }
  std::string value(3, 'x');
  ASSERT_EQ(::getxattr(scene_.target.path("folder/file").c_str(), "user.note", value.data(), 3), 3);
  EXPECT_EQ(value, std::string("a\0b", 3));
}

TEST_F(FolderTest, BringsModesBackThatTheUmaskWouldTake) {
  scene_.source.write("open", "x");
  scene_.source.write("closed", "x");
  scene_.source.write("read-only", noise(9 << 20, 1));
  ASSERT_EQ(::chmod(scene_.source.path("open").c_str(), 0666), 0);
  ASSERT_EQ(::chmod(scene_.source.path("closed").c_str(), 0604), 0);
  ASSERT_EQ(::chmod(scene_.source.path("read-only").c_str(), 0444), 0);

  const mode_t before = ::umask(0077);
  round_trip();
  ::umask(before);

  for (const char* file : {"open", "closed", "read-only"})
    EXPECT_EQ(target(file).st_mode, source(file).st_mode) << file;
}

TEST_F(FolderTest, BringsGroupsBackInAFolderThatHandsOnItsOwn) {
  scene_.source.write("file", "x");
  ASSERT_EQ(::chmod(scene_.source.path("file").c_str(), 0644), 0);
  // Only root may name a group that it is not in; for others the folder hands on their own.
  const gid_t group = ::geteuid() == 0 ? 4711 : ::getegid();
  ASSERT_EQ(::chown(scene_.target.path().c_str(), ::geteuid(), group), 0);
  ASSERT_EQ(::chmod(scene_.target.path().c_str(), 02755), 0);

  round_trip();

  EXPECT_EQ(target("file").st_gid, source("file").st_gid);
  EXPECT_EQ(target("file").st_mode, source("file").st_mode);
}

TEST_F(FolderTest, BringsLinksAndPipesBack) {
  scene_.source.write("file", "x");
  ASSERT_EQ(::symlink("no\xffwhere", scene_.source.path("link").c_str()), 0);
  ASSERT_EQ(::link(scene_.source.path("file").c_str(), scene_.source.path("second").c_str()), 0);
  ASSERT_EQ(::mkfifo(scene_.source.path("pipe").c_str(), 0640), 0);

  round_trip();

  EXPECT_EQ(std::filesystem::read_symlink(scene_.target.path("link")).string(), "no\xffwhere");
  EXPECT_EQ(target("file").st_ino, target("second").st_ino);
  EXPECT_EQ(target("pipe").st_mode, static_cast<mode_t>(S_IFIFO | 0640));
}

TEST_F(FolderTest, BringsOddNamesBack) {
  for (const std::string& name : {std::string("a\"b\\"), std::string("\xff\x01\n"),
                                  std::string(" "), std::string("-rf"), std::string("\xc2\xa0")})
    scene_.source.write(name, name);

  round_trip();

  for (const auto& entry : std::filesystem::directory_iterator(scene_.source.path())) {
    const std::string name = entry.path().filename().string();
    EXPECT_EQ(scene_.target.read(name), name);
  }
}

TEST_F(FolderTest, KeepsHoles) {
  const std::string path = scene_.source.path("sparse");
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
  ASSERT_EQ(::ftruncate(file.get(), 300 << 20), 0);
  const std::string island = noise(3 << 20, 3);
  ASSERT_EQ(::pwrite(file.get(), island.data(), island.size(), (100 << 20) + 5),
            static_cast<ssize_t>(island.size()));

  round_trip();

  EXPECT_EQ(target("sparse").st_size, 300 << 20);
  EXPECT_LT(target("sparse").st_blocks * 512, 20 << 20);
  EXPECT_TRUE(scene_.target.read("sparse") == scene_.source.read("sparse"));
}

// What a hole is cut into must be what its zeros are cut into.
TEST_F(FolderTest, SavesHolesAsTheirZeros) {
  const std::string island = noise(700'000, 4);
  const std::string zeros = std::string(30 << 20, '\0');
  scene_.source.write("full", zeros + island + zeros);
  const Descriptor file(::open(scene_.source.path("holed").c_str(), O_WRONLY | O_CREAT, 0600));
  ASSERT_EQ(::pwrite(file.get(), island.data(), island.size(), 30 << 20),
            static_cast<ssize_t>(island.size()));
  ASSERT_EQ(::ftruncate(file.get(), static_cast<off_t>(2 * zeros.size() + island.size())), 0);

  const SavedFolder of = saved();

  const Index index = scene_.repository.load_index(scene_.context).value();
  const BlobKey key{BlobType::tree, of.tree};
  std::vector<Node> nodes;
  ASSERT_TRUE(
      read_tree(BlobLoader(scene_.repository).load(scene_.context, key, index.find(key)).value(),
                [&](Node node) -> Result<void> {
                  nodes.push_back(std::move(node));
                  return {};
                })
          .ok());
  EXPECT_EQ(nodes.at(0).content, nodes.at(1).content);
}

TEST_F(FolderTest, StoresEqualFilesOnce) {
  const std::string bytes = noise(300'000, 5);
  scene_.source.write("a", bytes);
  scene_.source.write("b/c", bytes);

  EXPECT_EQ(saved().saved.data_blobs, 1U);
}

TEST_F(FolderTest, ReadsNothingAgainThatIsAsItWas) {
  scene_.source.write("a", "1");
  scene_.source.write("b/c", noise(2 << 20, 6));
  const SavedFolder first = saved();

  const SavedFolder second = saved({.parent_tree = first.tree});

  EXPECT_EQ(second.tree, first.tree);
  EXPECT_EQ(second.counts.files_unmodified, 2U);
  EXPECT_EQ(second.saved.data_blobs + second.saved.tree_blobs, 0U);
}

TEST_F(FolderTest, ReadsAgainWhatHasChanged) {
  scene_.source.write("a", "1");
  scene_.source.write("b", "2");
  const SavedFolder first = saved();
  scene_.source.write("b", "3");

  const SavedFolder second = saved({.parent_tree = first.tree});

  EXPECT_EQ(second.counts.files_changed, 1U);
  EXPECT_EQ(second.counts.files_unmodified, 1U);
  restored(second.tree);
  EXPECT_EQ(scene_.target.read("b"), "3");
}

TEST_F(FolderTest, ReplacesWhatIsInTheWay) {
  scene_.source.write("file", "new");
  scene_.source.write("folder/x", "x");
  scene_.target.write("file", "old and longer");
  scene_.target.write("kept", "mine");
  ASSERT_EQ(::symlink("/tmp", scene_.target.path("folder").c_str()), 0);

  round_trip();

  EXPECT_EQ(scene_.target.read("file"), "new");
  EXPECT_EQ(scene_.target.read("kept"), "mine");
  EXPECT_TRUE(S_ISDIR(target("folder").st_mode));
}

TEST_F(FolderTest, WritesNothingThroughALink) {
  testing::Folder outside;
  outside.write("file", "mine");
  scene_.source.write("file", "new");
  ASSERT_EQ(::symlink(outside.path("file").c_str(), scene_.target.path("file").c_str()), 0);

  round_trip();

  EXPECT_EQ(outside.read("file"), "mine");
  EXPECT_EQ(scene_.target.read("file"), "new");
}

TEST_F(FolderTest, SaysWhichFileCannotBeRestored) {
  scene_.source.write("bad", noise(10'000, 7));
  scene_.source.write("good/file", "x");
  const SavedFolder of = saved();
  const Index index = scene_.repository.load_index(scene_.context).value();
  const auto found = index.find({BlobType::data, id_of(noise(10'000, 7))});
  ASSERT_TRUE(found);
  FaultyStore faulty(*scene_.store);
  const Repository bent =
      Repository::open(scene_.context, {faulty, ""}, testing::kPassword).value();
  faulty.script({.operation = Operation::read,
                 .effect = Effect::corrupt,
                 .name_contains = found->pack.hex(),
                 .at_byte = found->place.offset + 100});

  const auto result =
      restore_folder(scene_.context, bent, index, of.tree, scene_.target.path(), {});

  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->problems.size(), 1U);
  EXPECT_EQ(result->problems[0].path, "bad");
  EXPECT_FALSE(scene_.target.has("bad"));
  EXPECT_EQ(scene_.target.read("good/file"), "x");
}

TEST_F(FolderTest, KeepsAFileThatCannotHaveItsAttributes) {
  Index index;
  BlobSealer sealer(scene_.repository, 3);
  BlobSaver saver(scene_.repository, index);
  TreeWriter writer;
  for (const char* name : {"large", "small"}) {
    Node node;
    node.type = NodeType::file;
    node.name = name;
    node.mode = 0640;
    node.attributes = {{"nosuchclass.x", "y"}};
    for (unsigned chunk = 0; chunk < (node.name == "large" ? 2U : 1U); ++chunk) {
      node.content.push_back(
          saver.save(scene_.context, sealer, BlobType::data, noise(1000, chunk)).value());
    }
    writer.add(node);
  }
  const Id tree = saver.save(scene_.context, sealer, BlobType::tree, writer.finish()).value();
  ASSERT_TRUE(saver.finish(scene_.context).ok());

  const RestoredFolder result = restored(tree);

  EXPECT_EQ(result.problem_count, 2U);
  EXPECT_EQ(scene_.target.read("small"), noise(1000, 0));
  EXPECT_EQ(scene_.target.read("large"), noise(1000, 0) + noise(1000, 1));
  EXPECT_EQ(target("small").st_mode, static_cast<mode_t>(S_IFREG | 0640));
}

TEST_F(FolderTest, NamesFilesWhosePackIsGone) {
  scene_.source.write("file", "x");
  const SavedFolder of = saved();
  const Index index = scene_.repository.load_index(scene_.context).value();
  const auto found = index.find({BlobType::data, id_of("x")});
  ASSERT_TRUE(scene_.repository.remove_pack(scene_.context, found->pack).ok());

  const RestoredFolder result = restored(of.tree);

  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].path, "file");
  EXPECT_FALSE(scene_.target.has("file"));
}

TEST_F(FolderTest, FailsWithTheStore) {
  scene_.source.write("a/b", noise(3 << 20, 8));
  for (const Operation operation : {Operation::put, Operation::write, Operation::finish}) {
    FaultyStore faulty(*scene_.store);
    const Repository bent =
        Repository::open(scene_.context, {faulty, ""}, testing::kPassword).value();
    faulty.script({.operation = operation, .effect = Effect::disk_full});
    Index index;

    const auto result = save_folder(scene_.context, bent, index, scene_.source.path(), {});

    EXPECT_EQ(result.error().code, ErrorCode::exhausted);
  }
}

TEST_F(FolderTest, LeavesAWholeRepositoryWhereverItDies) {
  scene_.source.write("a", "1");
  scene_.source.write("b/c", noise(20 << 20, 9));
  for (unsigned calls = 0;; ++calls) {
    const auto store = objectstore::make_memory_store();
    const Repository whole = testing::make_repository(*store);
    FaultyStore faulty(*store);
    const Repository mortal =
        Repository::open(scene_.context, {faulty, ""}, testing::kPassword).value();
    faulty.script({.effect = Effect::die, .after = calls});
    Index index;
    const auto result = save_folder(scene_.context, mortal, index, scene_.source.path(), {});
    if (result.ok()) {
      // The scripted death comes after all.
      while (!faulty.is_dead()) (void)faulty.list(scene_.context, "").ok();
      break;
    }
    // Each blob that an index names is there.
    const Index found = whole.load_index(scene_.context).value();
    BlobLoader loader(whole);
    found.each([&](const BlobKey& key, const Index::Found& place) {
      EXPECT_TRUE(loader.load(scene_.context, key, place).ok());
    });
  }
}

TEST_F(FolderTest, NamesWhatItMayNotRead) {
  if (::geteuid() == 0) {
    // Root may read anything: what it cannot enter is nested too deep.
    std::string path = scene_.source.path();
    for (int depth = 0; depth < 450; ++depth) path += "/d";
    std::filesystem::create_directories(path);
  } else {
    scene_.source.write("closed/file", "x");
    ASSERT_EQ(::chmod(scene_.source.path("closed").c_str(), 0), 0);
  }
  scene_.source.write("file", "x");

  const SavedFolder of = saved();

  ASSERT_EQ(of.problem_count, 1U);
  restored(of.tree);
  EXPECT_EQ(scene_.target.read("file"), "x");
}

// What a restore that goes on finds, and what it fetches then.
class GoingOnTest : public FolderTest {
 protected:
  GoingOnTest() {
    scene_.source.write("large", noise(9 << 20, 1));
    scene_.source.write("small", "some text");
    scene_.source.write("zeros", std::string(2 << 20, '\0'));
    tree_ = saved().tree;
    restored(tree_);
  }
  // How many bytes of blobs were read from the store.
  std::uint64_t fetched_again() {
    objectstore::Traffic traffic;
    const auto counted = objectstore::make_counted_store(std::move(scene_.store), traffic);
    const Repository opened =
        Repository::open(scene_.context, {*counted, ""}, testing::kPassword).value();
    const Index index = opened.load_index(scene_.context).value();
    const std::uint64_t before = traffic.down_bytes;
    Progress progress;
    const auto again = restore_folder(scene_.context, opened, index, tree_, scene_.target.path(),
                                      {.bytes_there = BytesThere::compared, .progress = &progress});
    EXPECT_TRUE(again.ok() && again->problem_count == 0);
    EXPECT_EQ(progress.bytes, (9U << 20) + 9 + (2U << 20));
    EXPECT_EQ(progress.files, 3U);
    for (const char* file : {"large", "small", "zeros"})
      EXPECT_EQ(scene_.target.read(file), scene_.source.read(file)) << file;
    return traffic.down_bytes - before;
  }
  void change(const std::string& file, off_t at, const std::string& bytes) {
    const Descriptor opened(::open(scene_.target.path(file).c_str(), O_WRONLY));
    ASSERT_EQ(::pwrite(opened.get(), bytes.data(), bytes.size(), at),
              static_cast<ssize_t>(bytes.size()));
  }

  Id tree_;
};

TEST_F(GoingOnTest, FetchesNothingThatIsThere) { EXPECT_LT(fetched_again(), 10'000U); }

TEST_F(GoingOnTest, FetchesTheChunkThatDiffers) {
  change("large", 5 << 20, "x");

  const std::uint64_t fetched = fetched_again();

  EXPECT_GT(fetched, kChunkMin);
  EXPECT_LT(fetched, 9U << 20);
}

TEST_F(GoingOnTest, WritesZerosOverWhatIsNone) {
  change("zeros", 1 << 20, "x");

  fetched_again();
}

TEST_F(GoingOnTest, CutsAndFillsFilesOfAnotherLength) {
  ASSERT_EQ(::truncate(scene_.target.path("large").c_str(), 12 << 20), 0);
  ASSERT_EQ(::truncate(scene_.target.path("small").c_str(), 3), 0);
  ASSERT_EQ(::truncate(scene_.target.path("zeros").c_str(), 0), 0);

  fetched_again();
}

TEST_F(GoingOnTest, WritesIntoNoFileThatIsAlsoElsewhere) {
  const std::string elsewhere = scene_.target.path("elsewhere");
  change("small", 0, "SOME");
  ASSERT_EQ(::link(scene_.target.path("small").c_str(), elsewhere.c_str()), 0);

  fetched_again();

  EXPECT_EQ(scene_.target.read("elsewhere"), "SOME text");
}

TEST_F(GoingOnTest, LeavesWhatItHasWhenItIsStopped) {
  change("large", 0, "x");
  FaultyStore stalling(*scene_.store);
  stalling.script({.operation = Operation::read,
                   .effect = Effect::stall,
                   .name_contains = "data/",
                   .after = 1});  // the tree comes first
  Context brief = scene_.context.within(std::chrono::milliseconds(200));
  const Repository opened = Repository::open(brief, {stalling, ""}, testing::kPassword).value();
  const Index index = opened.load_index(brief).value();

  const auto stopped = restore_folder(brief, opened, index, tree_, scene_.target.path(),
                                      {.bytes_there = BytesThere::compared});

  EXPECT_FALSE(stopped.ok());
  EXPECT_EQ(std::filesystem::file_size(scene_.target.path("large")), 9U << 20);
}

// Each folder holds the next one ten times: 10^20 entries in 20 trees.
TEST_F(FolderTest, RestoresNoMoreEntriesThanItMay) {
  Index index;
  BlobSaver saver(scene_.repository, index);
  BlobSealer sealer(scene_.repository, 3);
  Id tree;
  for (int depth = 0; depth < 20; ++depth) {
    TreeWriter writer;
    for (int number = 0; number < 10; ++number) {
      Node node;
      node.name = std::to_string(number);
      node.type = depth == 0 ? NodeType::fifo : NodeType::folder;
      node.mode = 0700;
      if (depth > 0) node.subtree = tree;
      writer.add(node);
    }
    tree = saver.save(scene_.context, sealer, BlobType::tree, writer.finish()).value();
  }
  ASSERT_TRUE(saver.finish(scene_.context).ok());

  const auto restored = restore_folder(scene_.context, scene_.repository, index, tree,
                                       scene_.target.path(), {.entries_max = 1000});

  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().code, ErrorCode::exhausted);
  const auto made = std::filesystem::recursive_directory_iterator(scene_.target.path());
  EXPECT_LE(std::distance(begin(made), end(made)), 1000);
}

TEST_F(FolderTest, StopsWhenAsked) {
  scene_.source.write("a/b", "x");
  std::stop_source stop;
  stop.request_stop();
  Context stopped = scene_.context.stopped_by(stop.get_token());
  Index index;

  EXPECT_EQ(save_folder(stopped, scene_.repository, index, scene_.source.path(), {}).error().code,
            ErrorCode::cancelled);
}

TEST_F(FolderTest, FailsWhereThereIsNoFolder) {
  scene_.source.write("file", "x");
  Index index;

  EXPECT_EQ(save_folder(scene_.context, scene_.repository, index, scene_.source.path("none"), {})
                .error()
                .code,
            ErrorCode::not_found);
  EXPECT_FALSE(
      save_folder(scene_.context, scene_.repository, index, scene_.source.path("file"), {}).ok());
}

}  // namespace
}  // namespace salvor::repo
