// Repositories that somebody made to do harm: who has the password can seal whatever he likes.
#include <gtest/gtest.h>

#include "repo/blob_saver.h"
#include "repo/check.h"
#include "repo/folder_restorer.h"
#include "repo/prune.h"
#include "repo/snapshot.h"
#include "repo/testing/scene.h"
#include "repo/tree.h"

namespace salvor::repo {
namespace {

class HostileTest : public ::testing::Test {
 protected:
  Id save(const std::string& plain, BlobType type) {
    return saver_.save(scene_.context, sealer_, type, plain).value();
  }
  // A tree that holds these folders, all of one content.
  Id tree_of(const std::vector<std::string>& names, const Id& subtree) {
    TreeWriter writer;
    for (const std::string& name : names) {
      Node node;
      node.name = name;
      node.type = NodeType::folder;
      node.mode = 0700;
      node.subtree = subtree;
      writer.add(node);
    }
    return save(writer.finish(), BlobType::tree);
  }
  Id tree_of_file(const Id& content) {
    TreeWriter writer;
    Node node;
    node.name = "file";
    node.type = NodeType::file;
    node.mode = 0600;
    node.links = 1;
    node.content = {content};
    writer.add(node);
    return save(writer.finish(), BlobType::tree);
  }
  void snapshot(const Id& tree) {
    ASSERT_TRUE(saver_.finish(scene_.context).ok());
    const SnapshotFacts facts{
        .path = "/d", .hostname = "h", .username = "u", .tags = {}, .tree = tree};
    const std::string json = compact(snapshot_json(facts, {100, 0}));
    ASSERT_TRUE(scene_.repository.save(scene_.context, FileKind::snapshot, json).ok());
  }
  std::vector<Finding> findings() {
    return check(scene_.context, scene_.repository, CheckDepth::structure).value().findings;
  }
  // What a lying index makes of a blob's place.
  Index index_with(const BlobKey& key, BlobPlace place) {
    const auto found = index_.find(key);
    EXPECT_TRUE(found);
    Index lying;
    lying.add({found->pack, {{key, place}}});
    index_.each([&](const BlobKey& other, const Index::Found& at) {
      if (other != key) lying.add({at.pack, {{other, at.place}}});
    });
    return lying;
  }
  RestoredFolder restored(const Index& index, const Id& tree) {
    auto made =
        restore_folder(scene_.context, scene_.repository, index, tree, scene_.target.path(), {});
    EXPECT_TRUE(made.ok()) << made.error().message;
    return *std::move(made);
  }

  testing::Scene scene_;
  Index index_;
  BlobSaver saver_{scene_.repository, index_};
  BlobSealer sealer_{scene_.repository, 3};
};

// No tree can hold itself, but a chain of them may have any length.
TEST_F(HostileTest, FoldersWithoutAnEndAreNotFollowed) {
  Id tree = tree_of({}, {});
  for (int depth = 0; depth < 5100; ++depth) tree = tree_of({"f"}, tree);
  snapshot(tree);

  const RestoredFolder made = restored(index_, tree);

  ASSERT_EQ(made.problems.size(), 1U);
  EXPECT_EQ(made.problems[0].failure.code, ErrorCode::exhausted);
  EXPECT_EQ(made.counts.folders, 400U);
  ASSERT_EQ(findings().size(), 1U);
  EXPECT_NE(findings()[0].message.find("without an end"), std::string::npos);
  EXPECT_EQ(prune(scene_.context, scene_.repository).error().code, ErrorCode::corrupt);
}

// 10^40 entries in 40 trees: each tree is looked at once.
TEST_F(HostileTest, FoldersThatAreHeldManyTimesAreCheckedOnce) {
  Id tree = tree_of({}, {});
  for (int depth = 0; depth < 40; ++depth)
    tree = tree_of({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, tree);
  snapshot(tree);

  EXPECT_TRUE(findings().empty());
  EXPECT_TRUE(prune(scene_.context, scene_.repository).ok());
}

TEST_F(HostileTest, ABombIsNotUnpackedBeyondWhatItsIndexSays) {
  const std::string zeros(8 << 20, '\0');
  const Id content = save(zeros, BlobType::data);
  const Id tree = tree_of_file(content);
  snapshot(tree);
  const BlobKey key{BlobType::data, content};
  BlobPlace place = index_.find(key)->place;
  for (const std::uint32_t plain_length : {1U << 20, 9U << 20, 0xffffffffU}) {
    place.plain_length = plain_length;

    const RestoredFolder made = restored(index_with(key, place), tree);

    ASSERT_EQ(made.problems.size(), 1U) << plain_length;
    EXPECT_EQ(made.problems[0].path, "file");
    EXPECT_FALSE(scene_.target.has("file"));
  }
}

// Nobody gets memory for what an index says, and no pack has.
TEST_F(HostileTest, ABlobIsNoLargerThanABlobMayBe) {
  const BlobKey key{BlobType::data, save("text", BlobType::data)};
  ASSERT_TRUE(saver_.finish(scene_.context).ok());
  auto found = index_.find(key);
  ASSERT_TRUE(found);
  found->place.length = 0xffffffff;
  const std::string lie = index_json({{found->pack, {{key, found->place}}}});
  ASSERT_TRUE(scene_.repository.save(scene_.context, FileKind::index, lie).ok());

  const auto loaded = scene_.repository.load_index(scene_.context);

  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::corrupt);
  EXPECT_FALSE(findings().empty());
  EXPECT_FALSE(prune(scene_.context, scene_.repository).ok());
}

}  // namespace
}  // namespace salvor::repo
