// What every store promises, as tests. An implementation's own test instantiates it:
//
//   struct MemoryMaker {
//     std::unique_ptr<Store> open() { return make_memory_store(); }
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreSuite, MemoryMaker);
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <thread>

#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {

template <typename Maker>
class StoreSuite : public ::testing::Test {
 protected:
  Maker maker_;
  std::unique_ptr<Store> store_ = maker_.open();
  Context context_ = background();
};
TYPED_TEST_SUITE_P(StoreSuite);

TYPED_TEST_P(StoreSuite, ReadsBackWhatWasWritten) {
  const std::string bytes = std::string("a\0b\n", 4) + std::string(700'000, 'x');

  ASSERT_TRUE(put_all(*this->store_, "backups/b1/b1.tar.gz", bytes).ok());

  EXPECT_EQ(get_all(*this->store_, "backups/b1/b1.tar.gz").value(), bytes);
  EXPECT_EQ(this->store_->stat(this->context_, "backups/b1/b1.tar.gz")->size_bytes, bytes.size());
}

TYPED_TEST_P(StoreSuite, ReadsParts) {
  ASSERT_TRUE(put_all(*this->store_, "a/b", "0123456789").ok());

  const auto part = [&](std::uint64_t offset, std::size_t length) {
    std::string to(length, 'x');
    EXPECT_TRUE(this->store_->read(this->context_, "a/b", offset, to).ok());
    return to;
  };

  EXPECT_EQ(part(0, 10), "0123456789");
  EXPECT_EQ(part(3, 4), "3456");
  EXPECT_EQ(part(10, 0), "");
}

TYPED_TEST_P(StoreSuite, RefusesPartsThatAreNotThere) {
  ASSERT_TRUE(put_all(*this->store_, "a/b", "0123456789").ok());
  const auto code = [&](const std::string& name, std::uint64_t offset, std::size_t length) {
    std::string to(length, 'x');
    return this->store_->read(this->context_, name, offset, to).error().code;
  };

  EXPECT_EQ(code("a/b", 3, 8), ErrorCode::corrupt);
  EXPECT_EQ(code("a/b", 11, 0), ErrorCode::corrupt);
  EXPECT_EQ(code("a/b", std::numeric_limits<std::uint64_t>::max(), 2), ErrorCode::corrupt);
  EXPECT_EQ(code("a/c", 0, 1), ErrorCode::not_found);
  EXPECT_EQ(code("../b", 0, 1), ErrorCode::invalid);
}

TYPED_TEST_P(StoreSuite, KeepsAnEmptyObject) {
  ASSERT_TRUE(put_all(*this->store_, "empty", "").ok());

  EXPECT_EQ(get_all(*this->store_, "empty").value(), "");
  EXPECT_EQ(names_in(*this->store_, ""), Names{"empty"});
}

TYPED_TEST_P(StoreSuite, ShowsNothingBeforeFinish) {
  auto upload = this->store_->put(this->context_, "a/b");
  ASSERT_TRUE(upload.ok());
  ASSERT_TRUE((*upload)->write(this->context_, "half").ok());

  EXPECT_EQ(names_in(*this->store_, ""), Names{});
  EXPECT_EQ(this->store_->stat(this->context_, "a/b").error().code, ErrorCode::not_found);
}

TYPED_TEST_P(StoreSuite, LeavesNothingOfADroppedUpload) {
  {
    auto upload = this->store_->put(this->context_, "a/b");
    ASSERT_TRUE((*upload)->write(this->context_, "half").ok());
  }

  EXPECT_EQ(names_in(*this->store_, ""), Names{});
  EXPECT_TRUE(put_all(*this->store_, "a/b", "whole").ok());
}

TYPED_TEST_P(StoreSuite, NeverOverwrites) {
  ASSERT_TRUE(put_all(*this->store_, "once", "first").ok());

  EXPECT_EQ(put_all(*this->store_, "once", "second").error().code, ErrorCode::conflict);

  EXPECT_EQ(get_all(*this->store_, "once").value(), "first");
}

TYPED_TEST_P(StoreSuite, LetsOnlyOneOfTwoUploadsOfANameFinish) {
  auto one = this->store_->put(this->context_, "raced");
  auto two = this->store_->put(this->context_, "raced");
  ASSERT_TRUE(one.ok() && two.ok());
  ASSERT_TRUE((*one)->write(this->context_, "one").ok());
  ASSERT_TRUE((*two)->write(this->context_, "two").ok());
  ASSERT_TRUE((*two)->finish(this->context_).ok());

  EXPECT_EQ((*one)->finish(this->context_).error().code, ErrorCode::conflict);

  EXPECT_EQ(get_all(*this->store_, "raced").value(), "two");
}

TYPED_TEST_P(StoreSuite, ListsByPrefixInOrderOfNames) {
  for (const char* name : {"b/2", "a", "b/10", "b-x", "bb/1", "c/d/e"}) {
    ASSERT_TRUE(put_all(*this->store_, name, "x").ok()) << name;
  }

  EXPECT_EQ(names_in(*this->store_, ""), (Names{"a", "b-x", "b/10", "b/2", "bb/1", "c/d/e"}));
  EXPECT_EQ(names_in(*this->store_, "b/"), (Names{"b/10", "b/2"}));
  EXPECT_EQ(names_in(*this->store_, "b"), (Names{"b-x", "b/10", "b/2", "bb/1"}));
  EXPECT_EQ(names_in(*this->store_, "c/d/e"), Names{"c/d/e"});
  EXPECT_EQ(names_in(*this->store_, "c/d/ef"), Names{});
  EXPECT_EQ(names_in(*this->store_, "nothing/there"), Names{});
}

TYPED_TEST_P(StoreSuite, RemovesOnceAndForgives) {
  ASSERT_TRUE(put_all(*this->store_, "a/b/c", "x").ok());

  EXPECT_TRUE(this->store_->remove(this->context_, "a/b/c").ok());
  EXPECT_TRUE(this->store_->remove(this->context_, "a/b/c").ok());
  EXPECT_TRUE(this->store_->remove(this->context_, "a/b").ok());

  EXPECT_EQ(get_all(*this->store_, "a/b/c").error().code, ErrorCode::not_found);
  EXPECT_TRUE(put_all(*this->store_, "a/b/c", "again").ok());
}

TYPED_TEST_P(StoreSuite, SaysNotFoundOfWhatIsNotThere) {
  ASSERT_TRUE(put_all(*this->store_, "folder/object", "x").ok());

  EXPECT_EQ(get_all(*this->store_, "folder").error().code, ErrorCode::not_found);
  EXPECT_EQ(get_all(*this->store_, "folder/object2").error().code, ErrorCode::not_found);
  EXPECT_EQ(this->store_->stat(this->context_, "folder/object/x").error().code,
            ErrorCode::not_found);
}

TYPED_TEST_P(StoreSuite, RefusesNamesThatCouldMeanSomethingElse) {
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
    EXPECT_EQ(put_all(*this->store_, name, "x").error().code, ErrorCode::invalid) << name;
    EXPECT_EQ(get_all(*this->store_, name).error().code, ErrorCode::invalid) << name;
    EXPECT_EQ(this->store_->remove(this->context_, name).error().code, ErrorCode::invalid) << name;
  }
  EXPECT_EQ(names_in(*this->store_, ""), Names{});
}

TYPED_TEST_P(StoreSuite, AcceptsTheOddNamesThatAreAllowed) {
  for (const std::string& name :
       Names{"..a", "a..", "...", "-", "_.-/A.Z-0", std::string(255, 'a')}) {
    ASSERT_TRUE(put_all(*this->store_, name, name).ok()) << name;
    EXPECT_EQ(get_all(*this->store_, name).value(), name);
  }
}

TYPED_TEST_P(StoreSuite, ReturnsTheErrorOfTheSink) {
  ASSERT_TRUE(put_all(*this->store_, "a", std::string(1'000'000, 'x')).ok());
  int calls = 0;

  const auto read = this->store_->get(this->context_, "a", [&](std::string_view) -> Result<void> {
    ++calls;
    return error(ErrorCode::exhausted, "enough");
  });

  EXPECT_EQ(read.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

TYPED_TEST_P(StoreSuite, StopsWhenAsked) {
  ASSERT_TRUE(put_all(*this->store_, "a", "x").ok());
  std::stop_source stop;
  stop.request_stop();
  Context stopped = this->context_.stopped_by(stop.get_token());

  EXPECT_EQ(this->store_->put(stopped, "b").error().code, ErrorCode::cancelled);
  EXPECT_EQ(
      this->store_->get(stopped, "a", [](std::string_view) { return Result<void>(); }).error().code,
      ErrorCode::cancelled);
}

TYPED_TEST_P(StoreSuite, CleanSparesFinishedObjects) {
  ASSERT_TRUE(put_all(*this->store_, "a/b", "x").ok());

  ASSERT_TRUE(this->store_->clean(this->context_).ok());

  EXPECT_EQ(names_in(*this->store_, ""), Names{"a/b"});
}

TYPED_TEST_P(StoreSuite, ServesManyThreadsThatAddAndRemoveInOneFolder) {
  {
    std::vector<std::jthread> threads;  // the promise under test: any thread may call
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < 25; ++i) {
          const std::string name = "shared/folder/t" + std::to_string(t) + "-" + std::to_string(i);
          EXPECT_TRUE(put_all(*this->store_, name, name).ok());
          EXPECT_EQ(get_all(*this->store_, name).value(), name);
          Context context = background();
          EXPECT_TRUE(this->store_->remove(context, name).ok());
        }
      });
    }
  }
  EXPECT_EQ(names_in(*this->store_, ""), Names{});
}

REGISTER_TYPED_TEST_SUITE_P(StoreSuite, ReadsBackWhatWasWritten, ReadsParts,
                            RefusesPartsThatAreNotThere, KeepsAnEmptyObject,
                            ShowsNothingBeforeFinish, LeavesNothingOfADroppedUpload,
                            NeverOverwrites, LetsOnlyOneOfTwoUploadsOfANameFinish,
                            ListsByPrefixInOrderOfNames, RemovesOnceAndForgives,
                            SaysNotFoundOfWhatIsNotThere, RefusesNamesThatCouldMeanSomethingElse,
                            AcceptsTheOddNamesThatAreAllowed, ReturnsTheErrorOfTheSink,
                            StopsWhenAsked, CleanSparesFinishedObjects,
                            ServesManyThreadsThatAddAndRemoveInOneFolder);

}  // namespace salvor::objectstore::testing
