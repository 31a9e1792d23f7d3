// What every store promises: see testing/suite.h.
#include "objectstore/store.h"

#include <limits>

#include "objectstore/promises.h"
#include "objectstore/testing/suite.h"

namespace salvor::objectstore::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Stores, StoreSuite, ::testing::ValuesIn(stores_under_test()),
                         [](const auto& store) { return store.param.name; });

TEST_P(StoreSuite, KeepsEachPromise) {
  for (const Promise& promise : promises()) {
    const auto kept = promise.keep(context_, store_, promise.name);
    EXPECT_TRUE(kept.ok()) << promise.name << ": " << (kept.ok() ? "" : kept.error().describe());
  }
}

TEST_P(StoreSuite, RefusesPartsThatAreNotThere) {
  ASSERT_TRUE(put_all(store_, "a/b", "0123456789").ok());
  const auto code = [&](const std::string& name, std::uint64_t offset, std::size_t length) {
    std::string to(length, 'x');
    return store_.read(context_, name, offset, to).error().code;
  };

  EXPECT_EQ(code("a/b", 3, 8), ErrorCode::corrupt);
  EXPECT_EQ(code("a/b", 11, 0), ErrorCode::corrupt);
  EXPECT_EQ(code("a/b", std::numeric_limits<std::uint64_t>::max(), 2), ErrorCode::corrupt);
  EXPECT_EQ(code("a/c", 0, 1), ErrorCode::not_found);
  EXPECT_EQ(code("../b", 0, 1), ErrorCode::invalid);
}

TEST_P(StoreSuite, SaysNotFoundOfWhatIsNotThere) {
  ASSERT_TRUE(put_all(store_, "folder/object", "x").ok());

  EXPECT_EQ(get_all(store_, "folder").error().code, ErrorCode::not_found);
  EXPECT_EQ(get_all(store_, "folder/object2").error().code, ErrorCode::not_found);
  EXPECT_EQ(store_.stat(context_, "folder/object/x").error().code, ErrorCode::not_found);
}

TEST_P(StoreSuite, RefusesNamesThatCouldMeanSomethingElse) {
  const Names bad = {"",
                     "/a",
                     "a/",
                     "a//b",
                     ".",
                     "..",
                     "../a",
                     "a/..",
                     "a/../b",
                     "./a",
                     "a/./b",
                     "a b",
                     "a~",
                     "a\\b",
                     std::string("a\0b", 3),
                     "\xc3\xa9",
                     "a\nb",
                     ".uploads~/x",
                     std::string(256, 'a')};
  for (const std::string& name : bad) {
    EXPECT_EQ(put_all(store_, name, "x").error().code, ErrorCode::invalid) << name;
    EXPECT_EQ(get_all(store_, name).error().code, ErrorCode::invalid) << name;
    EXPECT_EQ(store_.remove(context_, name).error().code, ErrorCode::invalid) << name;
  }
  EXPECT_EQ(names_in(store_, ""), Names{});
}

TEST_P(StoreSuite, KeepsALockUntilItsTimeAndNeverShortensIt) {
  ASSERT_TRUE(put_all(store_, "a/b", "x").ok());
  const EpochSeconds until = context_.clock.wall_seconds() + 3600;
  const auto locked_until = [&] { return store_.stat(context_, "a/b")->locked_until; };
  EXPECT_EQ(locked_until(), 0);
  EXPECT_EQ(store_.lock(context_, "a/c", until).error().code, ErrorCode::not_found);

  const auto locked = store_.lock(context_, "a/b", until);

  if (!opened_.can_lock) {
    EXPECT_EQ(locked.error().code, ErrorCode::invalid);
    EXPECT_NE(locked.error().hint.find("object lock"), std::string::npos);
    EXPECT_EQ(locked_until(), 0);
    return;
  }
  ASSERT_TRUE(locked.ok()) << locked.error().describe();
  EXPECT_EQ(locked_until(), until);
  EXPECT_TRUE(store_.lock(context_, "a/b", until - 60).ok());
  EXPECT_EQ(locked_until(), until);
  EXPECT_TRUE(store_.lock(context_, "a/b", until + 60).ok());
  EXPECT_EQ(locked_until(), until + 60);
}

TEST_P(StoreSuite, ReturnsTheErrorOfTheSink) {
  ASSERT_TRUE(put_all(store_, "a", std::string(1'000'000, 'x')).ok());
  int calls = 0;

  const auto read = store_.get(context_, "a", [&](std::string_view) -> Result<void> {
    ++calls;
    return error(ErrorCode::exhausted, "enough");
  });

  EXPECT_EQ(read.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

TEST_P(StoreSuite, StopsWhenAsked) {
  ASSERT_TRUE(put_all(store_, "a", "x").ok());
  std::stop_source stop;
  stop.request_stop();
  Context stopped = context_.stopped_by(stop.get_token());

  EXPECT_EQ(store_.put(stopped, "b").error().code, ErrorCode::cancelled);
  EXPECT_EQ(store_.get(stopped, "a", [](std::string_view) { return Result<void>(); }).error().code,
            ErrorCode::cancelled);
}

TEST_P(StoreSuite, CleanSparesFinishedObjects) {
  ASSERT_TRUE(put_all(store_, "a/b", "x").ok());

  ASSERT_TRUE(store_.clean(context_).ok());

  EXPECT_EQ(names_in(store_, ""), Names{"a/b"});
}

}  // namespace
}  // namespace salvor::objectstore::testing
