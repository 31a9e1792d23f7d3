#include "server/copy_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace salvor::server {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Files = std::map<std::string, std::string>;

// In a folder, which stands for any store.
class CopyRepositoryTest : public ::testing::Test {
 protected:
  CopyRepositoryTest() {
    char name[] = "/tmp/salvor-copy-repository-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~CopyRepositoryTest() override { std::filesystem::remove_all(path_); }

  CopyRepository repository(const std::string& password = "secret") const {
    return {path_, {}, password};
  }
  Result<volume::CopiedFiles> save(const std::string& tag, const Files& given) {
    return repository().save_files(context, {"/objects", "prod", {tag}},
                                   [&](const FileSink& sink) -> Result<void> {
                                     for (const auto& [path, content] : given)
                                       TRY_VOID(sink(path, content));
                                     return {};
                                   });
  }
  static Result<Files> read(const CopyRepository& from, const std::string& snapshot) {
    Files found;
    Context reading = background();
    const FileTaker all{[](const std::string&) -> Result<bool> { return true; },
                        [&](const std::string& path, std::string_view content) {
                          found[path] = content;
                          return Result<void>();
                        }};
    TRY_VOID(from.read_files(reading, snapshot, all));
    return found;
  }
  std::vector<std::filesystem::path> stored(const std::string& folder) const {
    std::vector<std::filesystem::path> found;
    if (!std::filesystem::exists(path_ + "/" + folder)) return found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_ + "/" + folder))
      if (entry.is_regular_file()) found.push_back(entry.path());
    return found;
  }

  Context context = background();
  std::string path_;
  const Files files = {{"resources/a.json", R"({"password": "hidden-words"})"}, {"b", "2"}};
};

TEST_F(CopyRepositoryTest, KeepsFilesInARepositoryThatItMakes) {
  const auto saved = save("one", files);
  ASSERT_TRUE(saved.ok()) << saved.error().describe();
  const auto found = read(repository(), saved->snapshot);
  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_EQ(*found, files);
  EXPECT_GT(saved->stored_bytes, 0);
}

TEST_F(CopyRepositoryTest, KeepsNoWordOfThemInTheClear) {
  ASSERT_TRUE(save("one", files).ok());
  for (const auto& path : stored("")) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    EXPECT_THAT(bytes, ::testing::Not(HasSubstr("hidden-words"))) << path;
  }
}

TEST_F(CopyRepositoryTest, TakesThePlaceOfWhatAnEarlierTrySaved) {
  const auto first = save("one", files);
  const auto again = save("one", {{"b", "3"}});
  const auto other = save("two", files);
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(other->stored_bytes, 0);

  const auto left = repository().list_files(context, "/objects");

  ASSERT_TRUE(left.ok());
  ASSERT_THAT(*left, SizeIs(2));
  EXPECT_EQ(left->at(0).snapshot, again->snapshot);
  EXPECT_EQ(left->at(0).label.tags, std::vector<std::string>{"one"});
  EXPECT_EQ(left->at(1).snapshot, other->snapshot);
  EXPECT_EQ(*read(repository(), again->snapshot), (Files{{"b", "3"}}));
}

TEST_F(CopyRepositoryTest, ForgetsAndFreesRoom) {
  const auto saved = save("one", files);
  ASSERT_TRUE(saved.ok());
  EXPECT_THAT(stored("data"), SizeIs(2));
  for (int round = 0; round < 2; ++round)
    EXPECT_TRUE(repository().forget(context, {saved->snapshot}).ok());
  EXPECT_THAT(stored("data"), SizeIs(0));
  EXPECT_FALSE(read(repository(), saved->snapshot).ok());
}

TEST_F(CopyRepositoryTest, HasNothingToForgetWhereThereIsNone) {
  EXPECT_TRUE(repository().forget(context, {std::string(64, 'a')}).ok());
}

TEST_F(CopyRepositoryTest, ChecksSnapshotsOfFilesToo) {
  const auto saved = save("one", files);
  ASSERT_TRUE(saved.ok());
  const auto problems = [&](const CopyRepository& checked) {
    std::vector<std::string> found;
    EXPECT_TRUE(checked
                    .check(context, {saved->snapshot},
                           [&](std::size_t, const volume::CopyCheck& check) {
                             if (check.is_done) found = check.problems;
                             return Result<void>();
                           })
                    .ok());
    return found;
  };
  EXPECT_THAT(problems(repository()), SizeIs(0));
  EXPECT_THAT(problems(repository("another")), SizeIs(1));
  std::filesystem::remove(stored("data").front());
  EXPECT_FALSE(problems(repository()).empty());
}

TEST_F(CopyRepositoryTest, TellsThatItIsDamagedFromThatItIsOutOfReach) {
  const auto saved = save("one", files);
  ASSERT_TRUE(saved.ok());
  EXPECT_EQ(read(repository("another"), saved->snapshot).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read(repository(), "no-id").error().code, ErrorCode::corrupt);
  EXPECT_EQ(read(repository(), std::string(64, 'a')).error().code, ErrorCode::not_found);
  std::filesystem::remove_all(path_ + "/keys");
  EXPECT_EQ(read(repository(), saved->snapshot).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace salvor::server
