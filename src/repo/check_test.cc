#include "repo/check.h"

#include <gtest/gtest.h>

#include "objectstore/testing/whole.h"
#include "repo/prune.h"
#include "repo/snapshot.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using objectstore::testing::get_all;
using objectstore::testing::names_in;
using objectstore::testing::put_all;
using testing::noise;

class CheckTest : public ::testing::Test {
 protected:
  Id snapshot() { return scene_.snapshot(); }
  void forget(const Id& id) {
    ASSERT_TRUE(scene_.repository.remove(scene_.context, FileKind::snapshot, id).ok());
  }
  CheckReport report(CheckDepth depth = CheckDepth::data) {
    auto made = check(scene_.context, scene_.repository, depth);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return *std::move(made);
  }
  Pruned prune_all() {
    auto pruned = prune(scene_.context, scene_.repository, {.max_unused = 0});
    EXPECT_TRUE(pruned.ok()) << pruned.error().message;
    return *std::move(pruned);
  }
  void remove(const std::string& name) {
    ASSERT_TRUE(scene_.store->remove(scene_.context, name).ok());
  }
  void replace(const std::string& name, const std::string& bytes) {
    remove(name);
    ASSERT_TRUE(put_all(*scene_.store, name, bytes).ok());
  }
  // Whether a program that opens the repository anew and looks at all finds something wrong.
  bool is_found_damaged() {
    auto opened = Repository::open(scene_.context, {*scene_.store, ""}, testing::kPassword);
    if (!opened.ok()) return true;
    const auto made = check(scene_.context, *opened, CheckDepth::data);
    return !made.ok() || !made->is_good();
  }
  std::size_t findings(Severity severity) {
    std::size_t count = 0;
    for (const Finding& finding : report().findings) count += finding.severity == severity ? 1 : 0;
    return count;
  }

  testing::Scene scene_;
};

TEST_F(CheckTest, FindsNothingInAGoodRepository) {
  scene_.source.write("a", "some text");
  scene_.source.write("b/c", noise(2 << 20, 1));
  snapshot();
  scene_.source.write("b/d", "more");
  snapshot();

  const CheckReport made = report();

  for (const Finding& finding : made.findings) ADD_FAILURE() << finding.object << finding.message;
  EXPECT_EQ(made.snapshots, 2U);
  EXPECT_EQ(made.packs, 4U);
}

// Snapshots that are gone were forgotten, as far as a repository can tell; locks are no data.
TEST_F(CheckTest, FindsEachFlippedByte) {
  scene_.source.write("folder/a", "some text that is not long");
  scene_.source.write("b", "more of it");
  snapshot();
  std::size_t flipped = 0;
  for (const std::string& name : names_in(*scene_.store, "")) {
    const std::string bytes = get_all(*scene_.store, name).value();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string bent = bytes;
      bent[at] = static_cast<char>(bent[at] ^ 0x10);
      replace(name, bent);
      EXPECT_TRUE(is_found_damaged()) << name << " at " << at;
      ++flipped;
    }
    replace(name, bytes);
  }
  EXPECT_GT(flipped, 1500U);
  EXPECT_FALSE(is_found_damaged());
}

TEST_F(CheckTest, FindsEachCutOrMissingObject) {
  scene_.source.write("folder/a", "some text");
  snapshot();
  for (const std::string& name : names_in(*scene_.store, "")) {
    const std::string bytes = get_all(*scene_.store, name).value();
    for (const std::size_t size : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      replace(name, bytes.substr(0, size));
      EXPECT_TRUE(is_found_damaged()) << name << " cut to " << size;
    }
    remove(name);
    EXPECT_EQ(is_found_damaged(), !name.starts_with("snapshots/")) << name;
    ASSERT_TRUE(put_all(*scene_.store, name, bytes).ok());
  }
}

TEST_F(CheckTest, NamesWhatCannotBeRestored) {
  scene_.source.write("folder/file", noise(5000, 2));
  const Id id = snapshot();
  const Index index = scene_.repository.load_index(scene_.context).value();
  const auto found = index.find({BlobType::data, id_of(noise(5000, 2))});
  for (const std::string& name : names_in(*scene_.store, "index/")) remove(name);
  // An index that lost the file's pack, and nothing else.
  std::vector<PackContents> packs;
  const auto files = scene_.repository.list_packs(scene_.context).value();
  for (const StoredFile& file : files) {
    if (file.id != found->pack)
      packs.push_back({file.id, scene_.repository.pack_contents(scene_.context, file).value()});
  }
  ASSERT_TRUE(scene_.repository.save(scene_.context, FileKind::index, index_json(packs)).ok());

  std::string all;
  for (const Finding& finding : report(CheckDepth::structure).findings)
    all += finding.object + ": " + finding.message + "\n";

  EXPECT_NE(all.find("snapshot " + id.brief() + ": /folder/file: no index has its blob"),
            std::string::npos)
      << all;
}

TEST_F(CheckTest, TakesLeftoversForHints) {
  scene_.source.write("a", "x");
  snapshot();
  PackBuilder builder;
  Cipher cipher(scene_.repository.key());
  builder.add({BlobType::data, id_of("left")}, cipher.sealed("left"), 4, false);
  PackBuilder::Pack pack = builder.finish(cipher);
  ASSERT_TRUE(scene_.repository.save_pack(scene_.context, pack).ok());

  EXPECT_EQ(findings(Severity::hint), 1U);
  EXPECT_EQ(findings(Severity::error), 0U);
  EXPECT_EQ(prune_all().packs_removed, 1U);
}

// ---- prune

TEST_F(CheckTest, PruneRemovesNothingThatIsNeeded) {
  scene_.source.write("a", noise(100'000, 3));
  snapshot();

  const Pruned pruned = prune_all();

  EXPECT_EQ(pruned.packs_removed, 0U);
  EXPECT_TRUE(report().is_good());
}

TEST_F(CheckTest, PruneRemovesWhatWasForgotten) {
  scene_.source.write("a", noise(100'000, 4));
  const Id first = snapshot();
  std::filesystem::remove(scene_.source.path("a"));
  scene_.source.write("b", "x");
  snapshot();
  forget(first);

  const Pruned pruned = prune_all();

  EXPECT_EQ(pruned.packs_removed, 2U);
  EXPECT_GT(pruned.bytes_removed, 100'000U);
  EXPECT_TRUE(report().findings.empty());
}

TEST_F(CheckTest, PruneWritesAnewWhatIsNeededInPart) {
  scene_.source.write("big", noise(100'000, 5));
  scene_.source.write("kept", "stays");
  const Id first = snapshot();
  std::filesystem::remove(scene_.source.path("big"));
  const Id second = snapshot();
  forget(first);

  const Pruned pruned = prune_all();

  EXPECT_GE(pruned.packs_rewritten, 1U);
  EXPECT_TRUE(report().findings.empty());
  const Snapshot left = load_snapshot(scene_.context, scene_.repository, second).value();
  ASSERT_TRUE(scene_.restore(left.tree()).ok());
  EXPECT_EQ(scene_.target.read("kept"), "stays");
}

TEST_F(CheckTest, PruneLeavesASmallWaste) {
  scene_.source.write("big", noise(1'000'000, 6));
  scene_.source.write("small", noise(100, 7));
  const Id first = snapshot();
  std::filesystem::remove(scene_.source.path("small"));
  snapshot();
  forget(first);

  const auto pruned = prune(scene_.context, scene_.repository);

  EXPECT_EQ(pruned->packs_rewritten, 0U);
  EXPECT_GT(pruned->bytes_unused, 0U);
}

TEST_F(CheckTest, PruneRemovesNothingFromABrokenRepository) {
  scene_.source.write("a", noise(1000, 8));
  const Id first = snapshot();
  scene_.source.write("b", noise(1000, 9));
  snapshot();
  forget(first);
  const Index index = scene_.repository.load_index(scene_.context).value();
  const auto found = index.find({BlobType::data, id_of(noise(1000, 9))});
  ASSERT_TRUE(scene_.repository.remove_pack(scene_.context, found->pack).ok());
  const auto before = names_in(*scene_.store, "");

  const auto pruned = prune(scene_.context, scene_.repository);

  EXPECT_EQ(pruned.error().code, ErrorCode::corrupt);
  EXPECT_EQ(names_in(*scene_.store, ""), before);
}

}  // namespace
}  // namespace salvor::repo
