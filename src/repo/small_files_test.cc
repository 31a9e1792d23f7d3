#include "repo/small_files.h"

#include <gmock/gmock.h>

#include <map>

#include "repo/prune.h"
#include "repo/root_folder.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Files = std::map<std::string, std::string>;

struct SmallFiles : ::testing::Test, testing::Scene {
  static SnapshotFacts label(const std::string& path) {
    return {.path = path, .hostname = "cluster", .username = "u", .tags = {}};
  }
  Result<SavedFiles> save_as(const std::string& path, const Files& given) {
    return save_files(context, repository, label(path), [&](const FileSink& sink) -> Result<void> {
      for (const auto& [name, content] : given) TRY_VOID(sink(name, content));
      return {};
    });
  }
  Result<Files> read(const Id& snapshot, const FileLimits& limits = {},
                     const std::string& only = "") {
    Files found;
    const FileTaker taker{
        [&](const std::string& path) -> Result<bool> { return path.starts_with(only); },
        [&](const std::string& path, std::string_view content) -> Result<void> {
          EXPECT_TRUE(found.emplace(path, content).second) << path << " came twice";
          return {};
        }};
    TRY_VOID(read_files(context, repository, snapshot, taker, limits));
    return found;
  }
  std::string refusal(const Result<Files>& result) {
    return result.ok() ? "read" : result.error().message;
  }

  const Files files = {{"a", "1"},
                       {"a.b", ""},
                       {"folder/a", "same"},
                       {"folder/b", "same"},
                       {"folder/inner/c", testing::noise(3'000'000, 7)},
                       {"folder-2", "2"},
                       {"\xff\xfe", "odd"}};
};

TEST_F(SmallFiles, ComeBackAsTheyWere) {
  const auto saved = save_as("/objects", files);
  ASSERT_TRUE(saved.ok()) << saved.error().describe();

  EXPECT_EQ(saved->files, files.size());
  const auto found = read(saved->snapshot.id());
  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_EQ(*found, files);
}

TEST_F(SmallFiles, AreAFolderForThoseWhoRestoreFolders) {
  const auto saved = save_as("/x/objects", files);
  ASSERT_TRUE(saved.ok());

  ASSERT_TRUE(restore(saved->snapshot.tree()).ok());
  for (const auto& [name, content] : files) EXPECT_EQ(target.read("objects/" + name), content);
}

TEST_F(SmallFiles, OfNoneAreASnapshotToo) {
  const auto saved = save_as("/objects", {});
  ASSERT_TRUE(saved.ok());
  const auto found = read(saved->snapshot.id());
  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_THAT(*found, IsEmpty());
}

TEST_F(SmallFiles, ThatAreKnownTakeNoRoomAgain) {
  const auto first = save_as("/objects", files);
  const auto second = save_as("/objects", files);
  ASSERT_TRUE(first.ok() && second.ok());

  EXPECT_GT(first->stored_bytes, 3'000'000);
  EXPECT_EQ(second->stored_bytes, 0);
  EXPECT_EQ(second->snapshot.tree(), first->snapshot.tree());
  EXPECT_EQ(second->snapshot.json().at("parent"), first->snapshot.id().hex());
}

TEST_F(SmallFiles, OutliveAPruneThatRemovesAnotherSnapshot) {
  const auto saved = save_as("/objects", files);
  const auto other = save_as("/other", {{"b", testing::noise(100'000, 8)}});
  ASSERT_TRUE(saved.ok() && other.ok());

  ASSERT_TRUE(repository.remove(context, FileKind::snapshot, other->snapshot.id()).ok());
  ASSERT_TRUE(prune(context, repository).ok());
  const auto found = read(saved->snapshot.id());
  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_EQ(*found, files);
}

TEST_F(SmallFiles, ThatNobodyWantsAreNotRead) {
  const auto saved = save_as("/objects", files);
  ASSERT_TRUE(saved.ok());
  const auto found = read(saved->snapshot.id(), {}, "folder/b");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, (Files{{"folder/b", "same"}}));
}

TEST_F(SmallFiles, WithNamesThatLeadElsewhereAreRefused) {
  for (const char* name : {"", "/a", "a/", "a//b", "..", "a/../b", "./a", "a/."}) {
    const auto saved = save_as("/objects", {{name, "x"}});
    ASSERT_FALSE(saved.ok()) << name;
    EXPECT_EQ(saved.error().code, ErrorCode::invalid) << name;
  }
  EXPECT_THAT(*repository.list(context, FileKind::snapshot), IsEmpty());
}

TEST_F(SmallFiles, ThatComeTwiceAreRefused) {
  const auto twice = [&](const char* one, const char* other) {
    return save_files(context, repository, label("/objects"), [&](const FileSink& sink) {
      const Result<void> first = sink(one, "1");
      return first.ok() ? sink(other, "2") : first;
    });
  };
  for (const auto& [one, other] : {std::pair("a", "a"), std::pair("a", "a/b")}) {
    const auto saved = twice(one, other);
    ASSERT_FALSE(saved.ok());
    EXPECT_THAT(saved.error().message, HasSubstr("came twice"));
  }
}

TEST_F(SmallFiles, AreNotSavedWhenTheirSourceFails) {
  const auto saved =
      save_files(context, repository, label("/objects"), [](const FileSink& sink) -> Result<void> {
        TRY_VOID(sink("a", "1"));
        return error(ErrorCode::corrupt, "the source is damaged");
      });
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().message, "the source is damaged");
  EXPECT_THAT(*repository.list(context, FileKind::snapshot), IsEmpty());
}

TEST_F(SmallFiles, OverTheLimitsAreRefused) {
  const auto saved = save_as("/objects", files);
  ASSERT_TRUE(saved.ok());
  const Id& id = saved->snapshot.id();
  EXPECT_THAT(refusal(read(id, {.file_bytes = 2'999'999})), HasSubstr("larger than such a file"));
  EXPECT_THAT(refusal(read(id, {.total_bytes = 3'000'009})), HasSubstr("larger than all"));
  EXPECT_THAT(refusal(read(id, {.entries = 8})), HasSubstr("more than 8 files"));
  EXPECT_THAT(refusal(read(id, {.depth = 1})), HasSubstr("too deep"));
  const std::uint64_t bytes = 3'000'000 + 1 + 4 + 4 + 1 + 3;
  EXPECT_EQ(refusal(read(id, {3'000'000, bytes, 9, 2})), "read");
}

TEST_F(SmallFiles, WithLinksAmongThemAreNoSmallFiles) {
  source.write("objects/a", "1");
  std::filesystem::create_symlink("/etc/passwd", source.path("objects/link"));
  const auto found = read(snapshot());
  EXPECT_THAT(refusal(found), HasSubstr("neither a file nor a folder"));
}

// Each object of the repository in turn is cut, changed or removed.
TEST_F(SmallFiles, AreNeverReadOtherThanTheyWere) {
  const auto saved = save_as("/objects", files);
  ASSERT_TRUE(saved.ok());
  const auto objects = store->list(context, "");
  ASSERT_TRUE(objects.ok());
  int refused = 0;
  for (const objectstore::ObjectInfo& object : *objects) {
    if (object.name == "config" || object.name.starts_with("keys/")) continue;
    std::string bytes;
    ASSERT_TRUE(store
                    ->get(context, object.name,
                          [&](std::string_view part) -> Result<void> {
                            bytes += part;
                            return {};
                          })
                    .ok());
    const auto put = [&](const std::string& content) {
      EXPECT_TRUE(store->remove(context, object.name).ok());
      auto upload = store->put(context, object.name);
      EXPECT_TRUE((*upload)->write(context, content).ok());
      EXPECT_TRUE((*upload)->finish(context).ok());
    };
    std::string changed = bytes;
    changed[bytes.size() / 3] = static_cast<char>(changed[bytes.size() / 3] ^ 1);
    for (const std::string& damaged : {changed, bytes.substr(0, bytes.size() / 3)}) {
      put(damaged);
      refused += read(saved->snapshot.id()).ok() ? 0 : 1;
    }
    EXPECT_TRUE(store->remove(context, object.name).ok());
    refused += read(saved->snapshot.id()).ok() ? 0 : 1;
    put(bytes);
  }
  // A pack of data, one of trees, the index, the snapshot.
  EXPECT_EQ(refused, 4 * 3);
  EXPECT_EQ(refusal(read(saved->snapshot.id())), "read");
}

}  // namespace
}  // namespace salvor::repo
