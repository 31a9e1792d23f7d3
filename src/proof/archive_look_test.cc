#include "proof/archive_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/layout.h"
#include "archive/testing/backups.h"
#include "objectstore/memory.h"
#include "objectstore/testing/whole.h"

namespace salvor::proof {
namespace {

using archive::testing::random_items;
using archive::testing::test_item;
using archive::testing::TestItem;
using archive::testing::write_backup;
using objectstore::testing::get_all;
using objectstore::testing::put_all;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What the catalog would list of these items.
Listed listed_of(const std::vector<TestItem>& items) {
  Listed listed;
  for (const TestItem& item : items) {
    if (item.name.group_resource == "namespaces") listed.namespaces.insert(item.name.name);
    if (item.name.group_resource == "persistentvolumeclaims")
      listed.claims[item.name.namespace_name + "/" + item.name.name] = {"fast", "pv-1"};
  }
  return listed;
}

class ArchiveLookTest : public ::testing::Test {
 protected:
  ArchiveLook look(const archive::ArchiveSeal& seal, const Listed& listed = {}) {
    auto made = look_at_archive(context, *store, seal, listed);
    EXPECT_TRUE(made.ok()) << made.error().describe();
    return *std::move(made);
  }

  Context context = background();
  std::unique_ptr<objectstore::Store> store = objectstore::make_memory_store();
};

TEST_F(ArchiveLookTest, LooksAtObjectsInARepository) {
  const TestItem space = test_item({"namespaces", "v1", "", "shop"}, "Namespace");
  const std::string path = "resources/namespaces/cluster/shop.json";
  const archive::ArchiveSeal seal{"", "", 7, 1, "1f2e3d4c5b6a"};
  std::string content = space.json;
  std::optional<Error> failure;
  const auto found = [&] {
    const archive::Source source(
        *store, [&](Context&, const std::string&, const FileTaker& taker) -> Result<void> {
          if (failure) return *failure;
          TRY_VOID(taker.wants(path));
          return taker.take(path, content);
        });
    return look_at_archive(context, source, seal, listed_of({space}));
  };

  EXPECT_THAT(found()->problems, IsEmpty());
  EXPECT_EQ(found()->objects, 1);
  content.pop_back();
  ASSERT_THAT(found()->problems, SizeIs(1));
  EXPECT_EQ(found()->problems[0].object, "namespaces shop");
  failure = error(ErrorCode::corrupt, "pack 1a2b: it is cut off");
  ASSERT_THAT(found()->problems, SizeIs(1));
  EXPECT_EQ(found()->problems[0].reason, Reason::archive_damaged);
  EXPECT_EQ(found()->problems[0].object, "snapshot 1f2e3d4c");
  failure = error(ErrorCode::not_found, "there is no such snapshot");
  EXPECT_EQ(found()->problems.at(0).reason, Reason::archive_missing);
  failure = error(ErrorCode::unavailable, "the store does not answer");
  EXPECT_EQ(found().error().code, ErrorCode::unavailable);
}

TEST_F(ArchiveLookTest, RaisesNoFalseAlarmOnTwoHundredGoodArchives) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::vector<TestItem> items = random_items(seed, seed % 8);
    const std::string space = "space-" + std::to_string(seed);
    items.push_back(test_item({"namespaces", "v1", "", space}, "Namespace"));
    items.push_back(test_item({"persistentvolumeclaims", "v1", space, "data"},
                              "PersistentVolumeClaim",
                              R"("spec":{"storageClassName":"fast","volumeName":"pv-1"})"));
    const auto seal = write_backup(*store, "b" + std::to_string(seed), items);
    ASSERT_TRUE(seal.ok()) << seal.error().describe();

    const ArchiveLook found = look(*seal, listed_of(items));

    EXPECT_THAT(found.problems, IsEmpty()) << seed;
    EXPECT_EQ(found.objects, items.size());
  }
}

// Also where a change leaves a tarball that can be read.
TEST_F(ArchiveLookTest, FindsEachFlippedByte) {
  const std::vector<TestItem> items = random_items(1, 3);
  const archive::ArchiveSeal seal = write_backup(*store, "b", items).value();
  const std::string name = archive::tarball_object("b");
  const std::string bytes = get_all(*store, name).value();
  const std::size_t step = std::max<std::size_t>(1, bytes.size() / 500);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string bent = bytes;
    bent[at] = static_cast<char>(bent[at] ^ 4);
    ASSERT_TRUE(store->remove(context, name).ok());
    ASSERT_TRUE(put_all(*store, name, bent).ok());

    const ArchiveLook found = look(seal, listed_of(items));

    ASSERT_THAT(found.problems, SizeIs(1)) << at;
    EXPECT_EQ(found.problems[0].reason, Reason::archive_damaged);
  }
}

// An archive that is whole, of something else.
TEST_F(ArchiveLookTest, FindsAnotherArchiveInItsPlace) {
  const archive::ArchiveSeal seal = write_backup(*store, "b", random_items(1, 5)).value();
  const archive::ArchiveSeal other = write_backup(*store, "c", random_items(2, 5)).value();
  const std::string bytes = get_all(*store, archive::tarball_object(other.name)).value();
  ASSERT_TRUE(store->remove(context, archive::tarball_object("b")).ok());
  ASSERT_TRUE(put_all(*store, archive::tarball_object("b"), bytes).ok());

  const ArchiveLook found = look(seal);

  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].reason, Reason::archive_damaged);
}

TEST_F(ArchiveLookTest, FindsADescriptionOfSomethingElse) {
  const archive::ArchiveSeal seal = write_backup(*store, "b", random_items(1, 5)).value();
  const std::string name = archive::description_object("b");
  ASSERT_TRUE(store->remove(context, name).ok());
  ASSERT_TRUE(put_all(*store, name, R"({"metadata":{"name":"c"}})").ok());

  const ArchiveLook found = look(seal);

  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].reason, Reason::description_damaged);
}

}  // namespace
}  // namespace salvor::proof
