#include "catalog/sqlite.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catalog/testing/filter_suite.h"
#include "catalog/testing/folder.h"
#include "catalog/testing/suite.h"
#include "resources/all.h"

namespace salvor::catalog {
namespace {

using schema::sample_resource;

std::unique_ptr<Catalog> opened(const std::string& path,
                                const std::vector<const schema::Resource*>& resources = {
                                    &sample_resource()}) {
  auto catalog = open_sqlite(background(), path, resources);
  EXPECT_TRUE(catalog.ok()) << catalog.error().describe();
  return catalog.ok() ? std::move(catalog).value() : nullptr;
}

// A catalog and the folder that it lives in.
class InFolder final : public Catalog {
 public:
  explicit InFolder(const std::vector<const schema::Resource*>& resources)
      : catalog_(opened(folder_.file("catalog.db"), resources)) {}

  Result<Document> get(Context& context, const std::string& resource,
                       const std::string& id) override {
    return catalog_->get(context, resource, id);
  }
  Result<Page> find(Context& context, const std::string& resource, const Query& query) override {
    return catalog_->find(context, resource, query);
  }
  Result<std::vector<Document>> commit(Context& context, const Transaction& changes) override {
    return catalog_->commit(context, changes);
  }

 private:
  Folder folder_;
  std::unique_ptr<Catalog> catalog_;
};

std::unique_ptr<Catalog> make_sqlite(const std::vector<const schema::Resource*>& resources) {
  return std::make_unique<InFolder>(resources);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogSuite, testing::Values(make_sqlite));
INSTANTIATE_TEST_SUITE_P(Sqlite, CatalogFilterSuite, testing::Values(make_sqlite));

Result<std::vector<Document>> insert(Catalog& catalog, Json body, const std::string& id = "") {
  Context context = background();
  return catalog.commit(context, {{Insert{"widgets", id, std::move(body)}}});
}

std::uint64_t count(Catalog& catalog, schema::Filter filter = {}) {
  Context context = background();
  const auto page = catalog.find(context, "widgets", {.filter = std::move(filter), .limit = 0});
  EXPECT_TRUE(page.ok());
  return page.ok() ? page->total : 0;
}

TEST(Sqlite, OpensItsFileAgain) {
  const Folder folder;
  ASSERT_TRUE(insert(*opened(folder.file("c")), {{"name", "a"}}).ok());

  EXPECT_EQ(count(*opened(folder.file("c"))), 1U);
}

TEST(Sqlite, OpensAllResources) {
  const Folder folder;
  const auto catalog = open_sqlite(background(), folder.file("c"));

  ASSERT_TRUE(catalog.ok()) << catalog.error().describe();
  Context context = background();
  for (const schema::Resource* resource : resources::all()) {
    EXPECT_TRUE((*catalog)->find(context, resource->path, {}).ok()) << resource->path;
  }
}

TEST(Sqlite, KeepsItsFileFromOthers) {
  const Folder folder;
  const auto catalog = opened(folder.file("c"));
  ASSERT_TRUE(insert(*catalog, {{"name", "a"}}).ok());

  for (const char* name : {"c", "c-wal"}) {
    const auto permissions = std::filesystem::status(folder.file(name)).permissions();
    EXPECT_EQ(permissions & std::filesystem::perms(077), std::filesystem::perms::none) << name;
  }
}

// The sample with other indexes.
schema::Resource without_index(const std::string& name) {
  schema::Resource changed = sample_resource();
  changed.indexes.clear();
  for (schema::Field& field : changed.fields) {
    if (field.name == name) field.traits = schema::optional;
  }
  return changed;
}

TEST(Sqlite, FillsTheColumnOfAFieldThatBecameIndexed) {
  const Folder folder;
  const schema::Resource before = without_index("size");
  ASSERT_TRUE(insert(*opened(folder.file("c"), {&before}), {{"name", "a"}, {"size", 5}}).ok());

  const auto catalog = opened(folder.file("c"));

  EXPECT_EQ(count(*catalog, schema::equals("size", 5)), 1U);
}

TEST(Sqlite, DropsTheColumnOfAFieldThatIsIndexedNoLonger) {
  const Folder folder;
  const schema::Resource after = without_index("size");
  ASSERT_TRUE(insert(*opened(folder.file("c")), {{"name", "a"}, {"size", 5}}).ok());

  const auto catalog = opened(folder.file("c"), {&after});

  EXPECT_EQ(count(*catalog, schema::equals("size", 5)), 1U);
  EXPECT_TRUE(insert(*catalog, {{"name", "b"}, {"size", 5}}).ok());
  EXPECT_EQ(count(*catalog, schema::equals("size", 5)), 2U);
}

TEST(Sqlite, RefusesAUniqueFieldWhoseValuesAreNot) {
  const Folder folder;
  const schema::Resource before = without_index("name");
  {
    const auto catalog = opened(folder.file("c"), {&before});
    ASSERT_TRUE(insert(*catalog, {{"name", "a"}}).ok());
    ASSERT_TRUE(insert(*catalog, {{"name", "a"}}).ok());
  }

  const auto catalog = open_sqlite(background(), folder.file("c"), {&sample_resource()});

  EXPECT_EQ(catalog.error().code, ErrorCode::conflict);
  EXPECT_EQ(count(*opened(folder.file("c"), {&before})), 2U);
}

TEST(Sqlite, RefusesAFileThatIsNone) {
  const Folder folder;
  std::ofstream(folder.file("c")) << std::string(4096, 'x');

  const auto catalog = open_sqlite(background(), folder.file("c"), {&sample_resource()});

  EXPECT_EQ(catalog.error().code, ErrorCode::corrupt);
  EXPECT_NE(catalog.error().message.find(folder.file("c")), std::string::npos);
}

TEST(Sqlite, RefusesAFolderThatIsNotThere) {
  const auto catalog = open_sqlite(background(), "/nonexistent/folder/c", {&sample_resource()});

  EXPECT_EQ(catalog.error().code, ErrorCode::denied);
  EXPECT_FALSE(catalog.error().hint.empty());
}

// Runs in a child process, which ends as it likes; returns what wait() says of it.
int in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST(Sqlite, KeepsEveryCommitOfAProcessThatWasKilled) {
  const Folder folder;
  const int status = in_child([&] {
    auto catalog = opened(folder.file("c"));
    for (int i = 0; i < 20; ++i) {
      if (!insert(*catalog, {{"name", std::to_string(i)}}).ok()) ::_exit(1);
    }
    Context context = background();
    // Killed in the middle of a transaction, of which nothing must be seen.
    const Edit dying{
        .resource = "widgets", .id = std::string(24, 'a'), .edit = [](const Json&) -> Result<Json> {
          ::raise(SIGKILL);
          return Json();
        }};
    const auto never = catalog->commit(
        context, {{Insert{"widgets", std::string(24, 'a'), {{"name", "x"}}}, dying}});
    ::_exit(never.ok() ? 2 : 3);
  });

  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_EQ(count(*opened(folder.file("c"))), 20U);
}

TEST(Sqlite, SaysThatTheDiskIsFullAndGoesOnAfterwards) {
  const Folder folder;
  const int status = in_child([&] {
    auto catalog = opened(folder.file("c"));
    if (!insert(*catalog, {{"name", "before"}}).ok()) ::_exit(1);
    // A limit on the size of files stands for the full disk; both make write() fail.
    ::signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t all = limit.rlim_cur;
    limit.rlim_cur = 512 * 1024;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto failed = insert(*catalog, {{"name", "big"}, {"extra", std::string(1 << 20, 'x')}});
    if (failed.ok()) ::_exit(2);
    const bool is_told = failed.error().code == ErrorCode::exhausted ||
                         failed.error().code == ErrorCode::unavailable;
    if (!is_told || failed.error().hint.empty()) ::_exit(3);
    if (count(*catalog) != 1) ::_exit(4);
    limit.rlim_cur = all;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    if (!insert(*catalog, {{"name", "after"}}).ok()) ::_exit(5);
  });

  EXPECT_EQ(status, 0) << WEXITSTATUS(status);
  EXPECT_EQ(count(*opened(folder.file("c"))), 2U);
}

TEST(Sqlite, StopsALongFindAtItsDeadline) {
  const Folder folder;
  auto catalog = opened(folder.file("c"));
  SteppedClock clock;
  Context context{clock, null_log(), {}, {}};
  std::vector<Change> changes;
  for (int i = 0; i < 3000; ++i) {
    changes.push_back(Insert{"widgets", "", {{"name", std::to_string(i)}, {"extra", i}}});
  }
  ASSERT_TRUE(catalog->commit(context, {std::move(changes)}).ok());

  // Each look at the context moves the clock on, so that the deadline passes while it runs.
  class RunningClock final : public Clock {
   public:
    EpochSeconds wall_seconds() const override { return 0; }
    SteadyTime steady() const override { return SteadyTime(std::chrono::seconds(looks_++)); }
    bool wait_until(SteadyTime, const std::stop_token&) override { return true; }
    mutable std::atomic<int> looks_ = 0;
  } running;
  Context bounded{running, null_log(), {}, SteadyTime(std::chrono::seconds(1))};
  const auto page = catalog->find(bounded, "widgets",
                                  {.filter = schema::equals("extra", 7),
                                   .sort = {{"extra", true}, {"note", false}, {"weight", true}}});

  EXPECT_EQ(page.error().code, ErrorCode::unavailable);
}

TEST(Sqlite, RefusesAFileOfANewerFormat) {
  const Folder folder;
  opened(folder.file("c"));
  set_format(folder.file("c"), 99);

  const auto catalog = open_sqlite(background(), folder.file("c"), {&sample_resource()});

  EXPECT_EQ(catalog.error().code, ErrorCode::invalid);
  EXPECT_FALSE(catalog.error().hint.empty());
}

}  // namespace
}  // namespace salvor::catalog
