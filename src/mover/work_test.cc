#include "mover/work.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "repo/testing/scene.h"

namespace salvor::mover {
namespace {

using repo::testing::Folder;

constexpr const char* kPassword = "never-to-be-seen";

class WorkTest : public ::testing::Test {
 protected:
  Order save_order() {
    Order order{.folder = source_.path()};
    order.repository = {.location = store_.path(), .password = kPassword, .create = true};
    order.save = {.host = "cluster", .path = "/shop/claim", .tags = {"k=v"}};
    return order;
  }
  Order restore_order(const std::string& snapshot) {
    Order order{.operation = Operation::restore, .folder = target_.path()};
    order.repository = {.location = store_.path(), .password = kPassword};
    order.restore.snapshot = snapshot;
    return order;
  }
  Report run(const Order& order) {
    Movement movement;
    return work(context_, order, movement);
  }
  std::string saved() {
    const Report report = run(save_order());
    EXPECT_FALSE(report.failure) << report.failure->describe();
    return report.snapshot;
  }
  // A store's folder goes with its last object.
  void expect_no_lock() { EXPECT_FALSE(store_.has("locks")); }
  static struct stat facts(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found;
  }

  Context context_ = background();
  Folder source_;
  Folder target_;
  Folder store_;
};

TEST_F(WorkTest, BringsAFolderBackWithItsOwnMetadata) {
  source_.write("a/b", "text");
  ASSERT_EQ(::chmod(source_.path().c_str(), 02775), 0);
  const timespec times[2] = {{100, 1}, {1602277544, 123'456'789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, source_.path().c_str(), times, 0), 0);

  const Report report = run(restore_order(saved()));

  EXPECT_FALSE(report.failure);
  EXPECT_EQ(report.problem_count, 0U);
  EXPECT_EQ(report.files, 1U);
  EXPECT_EQ(report.bytes, 4U);
  EXPECT_GT(report.transferred_bytes, 0U);
  EXPECT_EQ(target_.read("a/b"), "text");
  EXPECT_EQ(facts(target_.path()).st_mode & 07777U, 02775U);
  EXPECT_EQ(facts(target_.path()).st_mtim.tv_sec, 1602277544);
  EXPECT_EQ(facts(target_.path()).st_mtim.tv_nsec, 123'456'789);
  const auto entries = std::filesystem::directory_iterator(target_.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(WorkTest, LeavesLostAndFoundAlone) {
  source_.write("file", "x");
  std::filesystem::create_directory(target_.path("lost+found"));

  EXPECT_FALSE(run(restore_order(saved())).failure);

  EXPECT_TRUE(target_.has("lost+found"));
}

TEST_F(WorkTest, RefusesAFolderThatHoldsSomethingElse) {
  source_.write("a/b", "text");
  const std::string snapshot = saved();
  for (const char* name : {"other", "a/other", "a/b"}) {
    target_.write(name, "mine");

    const Report report = run(restore_order(snapshot));

    ASSERT_TRUE(report.failure) << name;
    EXPECT_EQ(report.failure->code, ErrorCode::conflict);
    EXPECT_NE(report.failure->message.find(name), std::string::npos);
    EXPECT_EQ(target_.read(name), "mine");
    std::filesystem::remove_all(target_.path("a"));
    std::filesystem::remove(target_.path("other"));
  }
}

TEST_F(WorkTest, GoesOnWhereItsMarkStands) {
  source_.write("a", "right");
  source_.write("b", "right");
  const std::string snapshot = saved();
  target_.write(".salvor-restore-" + snapshot, "");
  target_.write("a", "rig");

  EXPECT_FALSE(run(restore_order(snapshot)).failure);

  EXPECT_EQ(target_.read("a"), "right");
  EXPECT_FALSE(target_.has(".salvor-restore-" + snapshot));
}

// As one that was killed when all was there and its mark was gone.
TEST_F(WorkTest, FindsThatAllIsThere) {
  source_.write("a/b", repo::testing::noise(1 << 20, 1));
  const Order order = restore_order(saved());
  run(order);

  const Report again = run(order);

  EXPECT_FALSE(again.failure);
  EXPECT_EQ(again.bytes, 1U << 20);
  EXPECT_LT(again.transferred_bytes, 100'000U);
}

TEST_F(WorkTest, SavesOnlyWhatIsNew) {
  source_.write("large", repo::testing::noise(3 << 20, 1));
  saved();
  source_.write("new", "x");

  const Report second = run(save_order());

  EXPECT_EQ(second.files, 2U);
  EXPECT_EQ(second.bytes, (3U << 20) + 1);
  EXPECT_LT(second.transferred_bytes, 100'000U);
  expect_no_lock();
}

TEST_F(WorkTest, MakesNoRepositoryUnlessItIsTold) {
  Order order = save_order();
  order.repository.create = false;

  EXPECT_EQ(run(order).failure->code, ErrorCode::not_found);
}

TEST_F(WorkTest, RefusesASnapshotThatIsNotThere) {
  saved();
  const std::string missing(64, 'a');

  const Report report = run(restore_order(missing));

  EXPECT_EQ(report.failure->code, ErrorCode::not_found);
  EXPECT_NE(report.failure->message.find(missing), std::string::npos);
  expect_no_lock();
}

TEST_F(WorkTest, NeverShowsASecret) {
  const std::string snapshot = saved();
  Order order = restore_order(snapshot);
  order.repository.password = "another-secret";
  EXPECT_EQ(run(order).failure->code, ErrorCode::denied);
  EXPECT_EQ(report_text(run(order)).find("another-secret"), std::string::npos);

  order.repository = {.location = "s3:http://127.0.0.1:1/bucket",
                      .password = kPassword,
                      .access_key = "never-to-be-seen-either",
                      .secret_key = "never-to-be-seen-at-all"};
  Context brief = context_.within(std::chrono::seconds(1));
  Movement movement;
  const std::string text = report_text(work(brief, order, movement));
  EXPECT_EQ(text.find("never-to-be-seen"), std::string::npos) << text;
}

TEST_F(WorkTest, GivesItsLockBackWhenItIsStopped) {
  source_.write("file", "x");
  saved();
  std::stop_source stop;
  stop.request_stop();
  Context stopped = context_.stopped_by(stop.get_token());
  Movement movement;

  const Report report = work(stopped, save_order(), movement);

  EXPECT_EQ(report.failure->code, ErrorCode::cancelled);
  expect_no_lock();
}

}  // namespace
}  // namespace salvor::mover
