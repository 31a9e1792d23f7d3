#include "archive/reader.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "archive/gzip.h"
#include "archive/layout.h"
#include "archive/testing/backups.h"
#include "archive/testing/libarchive.h"
#include "objectstore/memory.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"

namespace salvor::archive::testing {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::get_all;
using objectstore::testing::Operation;
using objectstore::testing::put_all;

const TestItem kPod = test_item({"pods", "v1", "shop", "web"}, "Pod");
const TestItem kRole =
    test_item({"clusterroles.rbac.authorization.k8s.io", "v1", "", "a"}, "ClusterRole");

class Reader : public ::testing::Test {
 protected:
  // Stores a tarball as if it were Velero's.
  ArchiveSeal foreign(const std::string& tarball) {
    EXPECT_TRUE(put_all(*store_, tarball_object("v"), tarball).ok());
    EXPECT_TRUE(put_all(*store_, description_object("v"), "{}").ok());
    return {"v", "", 0, 0};
  }
  std::unique_ptr<objectstore::Store> store_ = objectstore::make_memory_store();
};

TEST_F(Reader, GetsBackThousandsOfItemsByteForByte) {
  const std::vector<TestItem> items = random_items(3, 3000);
  const ArchiveSeal seal = write_backup(*store_, "b1", items).value();

  const ReadItems read = read_all(*store_, seal).value();

  EXPECT_EQ(read.size(), items.size());
  EXPECT_TRUE(read == as_read(items));
}

TEST_F(Reader, FindsEveryFlippedByteOfASealedBackup) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod, kRole}).value();
  for (std::uint64_t at = 0; at < seal.size_bytes; ++at) {
    FaultyStore faulty(*store_);
    faulty.script({.operation = Operation::get, .effect = Effect::corrupt, .at_byte = at});
    EXPECT_EQ(read_all(faulty, seal).error().code, ErrorCode::corrupt) << at;
  }
}

TEST_F(Reader, FindsEveryTruncation) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod, kRole}).value();
  const std::string whole = get_all(*store_, tarball_object("b1")).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_all_from(std::string_view(whole).substr(0, size)).error().code,
              ErrorCode::corrupt)
        << size;
  }
}

TEST_F(Reader, RefusesAnotherBackupUnderTheSealsName) {
  ArchiveSeal seal = write_backup(*store_, "b1", {kPod}).value();
  seal.sha256[0] = seal.sha256[0] == 'a' ? 'b' : 'a';

  EXPECT_EQ(read_all(*store_, seal).error().code, ErrorCode::corrupt);
}

TEST_F(Reader, RefusesAWrongCountOfItems) {
  ArchiveSeal seal = write_backup(*store_, "b1", {kPod}).value();
  seal.items = 2;

  EXPECT_EQ(read_all(*store_, seal).error().code, ErrorCode::corrupt);
}

TEST_F(Reader, SaysNotFoundOfAMissingAndOfAHalfRemovedBackup) {
  EXPECT_EQ(read_all(*store_, {"b1", "", 0, 0}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod}).ok());
  Context context = background();
  ASSERT_TRUE(store_->remove(context, description_object("b1")).ok());

  EXPECT_EQ(read_all(*store_, {"b1", "", 0, 0}).error().code, ErrorCode::not_found);
}

TEST_F(Reader, ReturnsTheErrorOfTheSink) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod, kRole}).value();
  Context context = background();
  int calls = 0;

  const auto refuse = [&](const ItemName&, std::string_view) -> Result<void> {
    ++calls;
    return error(ErrorCode::cancelled, "enough");
  };

  const auto read = read_items(context, *store_, seal, {refuse});

  EXPECT_EQ(read.error().code, ErrorCode::cancelled);
  EXPECT_EQ(calls, 1);
}

TEST_F(Reader, GetsCopiesInOtherVersionsForThoseWhoAsk) {
  const TestItem older = test_item({"pods", "v1beta1", "shop", "web"}, "Pod");
  Context context = background();
  auto writer = Writer::create(context, *store_, "b1").value();
  ASSERT_TRUE(writer->add(context, kPod.name, kPod.kind, kPod.json).ok());
  ASSERT_TRUE(writer->add_version(context, older.name, older.json).ok());
  const ArchiveSeal seal = writer->finish(context, describe("b1", 1)).value();

  ReadItems items;
  ReadItems versions;
  const auto keep = [](ReadItems& found) {
    return [&found](const ItemName& name, std::string_view json) -> Result<void> {
      found.emplace(name, json);
      return {};
    };
  };
  ASSERT_TRUE(read_items(context, *store_, seal, {keep(items), keep(versions)}).ok());

  EXPECT_EQ(seal.items, 1U);
  EXPECT_EQ(items, as_read({kPod}));
  EXPECT_EQ(versions, as_read({older}));
  EXPECT_EQ(read_all(*store_, seal).value(), as_read({kPod}));
}

TEST_F(Reader, RefusesMoreCopiesThanItTakesItems) {
  const std::string tarball =
      tarball_by_libarchive({{item_path(kPod.name), kPod.json},
                             {version_item_path({"pods", "v2", "shop", "web"}), kPod.json},
                             {version_item_path({"pods", "v3", "shop", "web"}), kPod.json}},
                            TarFormat::pax);
  const auto drop = [](const ItemName&, std::string_view) { return Result<void>(); };

  EXPECT_TRUE(read_items_from(tarball, {drop, drop}, {.items = 2}).ok());
  EXPECT_EQ(read_items_from(tarball, {drop, drop}, {.items = 1}).error().code, ErrorCode::corrupt);
}

TEST_F(Reader, FailsAsTheStoreDoes) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod}).value();
  for (const auto& [operation, effect, code] :
       {std::tuple(Operation::stat, Effect::fail, ErrorCode::unavailable),
        std::tuple(Operation::get, Effect::fail, ErrorCode::unavailable),
        std::tuple(Operation::get, Effect::cut, ErrorCode::corrupt)}) {
    FaultyStore faulty(*store_);
    faulty.script({.operation = operation, .effect = effect, .at_byte = 0});
    EXPECT_EQ(read_all(faulty, seal).error().code, code);
  }
}

TEST_F(Reader, ReadsVelerosFormatOneWithoutMetadata) {
  const std::string tarball = tarball_by_libarchive(
      {{item_path(kPod.name), kPod.json}, {item_path(kRole.name), kRole.json}}, TarFormat::pax);

  EXPECT_EQ(read_all(*store_, foreign(tarball)).value(), as_read({kPod, kRole}));
}

TEST_F(Reader, ReadsVelerosFilesInAnyOrderAndEachItemOnce) {
  const std::string tarball =
      tarball_by_libarchive({{"metadata/version", "1.1.0\n"},
                             {preferred_item_path(kPod.name), kPod.json},
                             {"resources/pods/v1beta1/namespaces/shop/web.json", kPod.json},
                             {item_path(kPod.name), kPod.json},
                             {"README", "unknown files are left alone"}},
                            TarFormat::pax);

  EXPECT_EQ(read_all(*store_, foreign(tarball)).value(), as_read({kPod}));
}

TEST_F(Reader, TakesABackupWithoutResourcesAsEmpty) {
  const std::string tarball = tarball_by_libarchive({{"metadata/version", "1"}}, TarFormat::ustar);

  EXPECT_TRUE(read_all(*store_, foreign(tarball))->empty());
}

TEST_F(Reader, RefusesAFormatFromTheFuture) {
  const std::string tarball =
      tarball_by_libarchive({{"metadata/version", "2.0.0\n"}}, TarFormat::ustar);

  EXPECT_EQ(read_all(*store_, foreign(tarball)).error().code, ErrorCode::invalid);
}

TEST(ReadItemsFrom, RefusesPathsThatEscape) {
  for (const char* path : {"../resources/pods/cluster/a.json", "/resources/pods/cluster/a.json",
                           "resources/pods/namespaces/../a.json", "resources/pods/../../../a"}) {
    const std::string tarball = tarball_by_libarchive({{path, "{}"}}, TarFormat::ustar);
    EXPECT_EQ(read_all_from(tarball).error().code, ErrorCode::corrupt) << path;
  }
}

// Objects that are files of a snapshot instead of a tarball's.
class SnapshotReader : public Reader {
 protected:
  // Moves a backup's files, as a copy does.
  ArchiveSeal moved(const std::vector<TestItem>& items) {
    ArchiveSeal seal = write_backup(*store_, "b1", items).value();
    Context context = background();
    EXPECT_TRUE(
        read_files(context, *store_, seal, [&](const std::string& path, std::string_view content) {
          EXPECT_TRUE(files_.emplace(path, content).second);
          return Result<void>();
        }).ok());
    return {"", "", 0, seal.items, "1f"};
  }
  Result<ReadItems> read(const ArchiveSeal& seal) {
    const Source source(
        *store_,
        [this](Context&, const std::string& snapshot, const FileTaker& taker) -> Result<void> {
          EXPECT_EQ(snapshot, "1f");
          for (const auto& [path, content] : files_) {
            TRY(const bool is_wanted, taker.wants(path));
            if (!is_wanted) continue;
            TRY_VOID(taker.take(path, content));
          }
          return {};
        });
    ReadItems items;
    Context context = background();
    TRY_VOID(read_items(context, source, seal,
                        {[&](const ItemName& item, std::string_view json) -> Result<void> {
                          EXPECT_TRUE(items.emplace(item, json).second);
                          return {};
                        }}));
    return items;
  }

  std::map<std::string, std::string> files_;
};

TEST_F(SnapshotReader, GetsTheSameItemsAsFromTheTarball) {
  const std::vector<TestItem> items = random_items(3, 500);
  const ArchiveSeal seal = moved(items);

  const auto found = read(seal);

  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_TRUE(*found == as_read(items));
  EXPECT_EQ(files_.at("metadata/version"), "1.1.0\n");
  EXPECT_EQ(files_.size(), 1 + 2 * items.size()) << "each is there under both of its names";
}

TEST_F(SnapshotReader, MissesNoItem) {
  const ArchiveSeal seal = moved({kPod, kRole});
  const auto whole = files_;
  for (const TestItem& item : {kPod, kRole}) {
    files_ = whole;
    files_.erase(item_path(item.name));
    const auto found = read(seal);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
    EXPECT_EQ(found.error().message, "snapshot 1f is not what was written: 1 objects instead of 2");
  }
}

TEST_F(SnapshotReader, RefusesWhatATarballMustNotHaveEither) {
  const ArchiveSeal seal = moved({kPod});
  const auto whole = files_;
  for (const auto& [path, content] :
       std::map<std::string, std::string>{{"resources/pods/cluster/../a.json", "{}"},
                                          {item_path(kPod.name), "rubbish"},
                                          {"metadata/version", "2.0"}}) {
    files_ = whole;
    files_[path] = content;
    EXPECT_FALSE(read(seal).ok()) << path;
  }
}

TEST_F(SnapshotReader, NeedsARepository) {
  const auto found = read_all(*store_, {"", "", 0, 1, "1f"});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::invalid);
}

TEST_F(Reader, FindsDamageOfATarballWhoseFilesItReads) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod, kRole}).value();
  const auto ignore = [](const std::string&, std::string_view) { return Result<void>(); };
  Context context = background();
  ASSERT_TRUE(read_files(context, *store_, seal, ignore).ok());
  for (std::uint64_t at = 0; at < seal.size_bytes; at += 7) {
    FaultyStore faulty(*store_);
    faulty.script({.operation = Operation::get, .effect = Effect::corrupt, .at_byte = at});
    EXPECT_EQ(read_files(context, faulty, seal, ignore).error().code, ErrorCode::corrupt) << at;
  }
}

TEST(ReadItemsFrom, RefusesLinks) {
  const std::string tarball =
      link_by_libarchive("resources/pods/cluster/a.json", "../../../../etc/passwd");

  EXPECT_EQ(read_all_from(tarball).error().code, ErrorCode::corrupt);
}

TEST(ReadItemsFrom, RefusesTheSameItemTwice) {
  const std::string tarball = tarball_by_libarchive(
      {{item_path(kPod.name), kPod.json}, {item_path(kPod.name), kPod.json}}, TarFormat::ustar);

  EXPECT_EQ(read_all_from(tarball).error().code, ErrorCode::corrupt);
}

TEST(ReadItemsFrom, RefusesAnItemThatIsNoJson) {
  const std::string tarball =
      tarball_by_libarchive({{item_path(kPod.name), "rubbish"}}, TarFormat::ustar);

  EXPECT_EQ(read_all_from(tarball).error().code, ErrorCode::corrupt);
}

TEST(ReadItemsFrom, HoldsEachLimit) {
  const std::string tarball = tarball_by_libarchive(
      {{item_path(kPod.name), kPod.json}, {item_path(kRole.name), kRole.json}}, TarFormat::ustar);
  ASSERT_TRUE(read_all_from(tarball).ok());

  EXPECT_EQ(read_all_from(tarball, {.items = 1}).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_all_from(tarball, {.item_bytes = 50}).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_all_from(tarball, {.unpacked_bytes = 1500}).error().code, ErrorCode::corrupt);
}

TEST(ReadItemsFrom, StopsABombBeforeItFillsMemory) {
  const std::string bomb = gzipped(std::string(std::size_t{64} << 20, '\0'));

  EXPECT_EQ(read_all_from(bomb, {.unpacked_bytes = 1 << 20}).error().code, ErrorCode::corrupt);
}

TEST(ReadItemsFrom, SurvivesRandomDamage) {
  const auto store = objectstore::make_memory_store();
  ASSERT_TRUE(write_backup(*store, "b1", random_items(4, 100)).ok());
  const std::string whole = get_all(*store, tarball_object("b1")).value();
  std::mt19937 random(5);
  for (int round = 0; round < 80; ++round) {
    std::string bent = whole;
    bent[random() % bent.size()] = static_cast<char>(random());
    const auto read = read_all_from(bent);
    EXPECT_TRUE(read.ok() || read.error().code == ErrorCode::corrupt ||
                read.error().code == ErrorCode::invalid);
  }
}

}  // namespace
}  // namespace salvor::archive::testing
