// A bucket of a real server, where tests run beside one; what all stores promise is in
// store_test.cc.
#include "objectstore/s3.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/random.h"
#include "objectstore/internal/s3_answers.h"
#include "objectstore/internal/s3_error.h"
#include "objectstore/retrying.h"
#include "objectstore/testing/s3_server.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

using internal::S3Call;
using ::testing::HasSubstr;
using ::testing::Not;

class S3 : public ::testing::TestWithParam<S3Server> {
 protected:
  std::unique_ptr<Store> open() const { return open_s3_store(options_).value(); }
  std::unique_ptr<Store> open_persistent() const { return make_retrying_store(open()); }

  const S3Server server_ = GetParam();
  S3Options options_ = server_.new_bucket();
  Context context_ = background();
};
// tools/run_tests.py runs them beside a server.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(S3);
INSTANTIATE_TEST_SUITE_P(Servers, S3, ::testing::ValuesIn(s3_servers_under_test()),
                         [](const auto&) { return std::string("Server"); });

// The same clock, wrong.
class WrongClock final : public Clock {
 public:
  explicit WrongClock(EpochSeconds off_by) : off_by_(off_by) {}
  EpochSeconds wall_seconds() const override { return system_clock().wall_seconds() + off_by_; }
  SteadyTime steady() const override { return system_clock().steady(); }
  bool wait_until(SteadyTime until, const std::stop_token& stop) override {
    return system_clock().wait_until(until, stop);
  }

 private:
  EpochSeconds off_by_;
};

std::string counted_bytes(std::size_t size) {
  std::string bytes;
  bytes.reserve(size + 20);
  while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ",";
  bytes.resize(size);
  return bytes;
}

TEST_P(S3, IsDeniedWithAWrongSecretAndSaysWhichSetting) {
  options_.credentials.secret_key = "not-the-secret";
  const auto store = open();

  for (const auto& failure : {store->list(context_, "").error(), store->stat(context_, "a").error(),
                              put_all(*store, "a", "x").error()}) {
    EXPECT_EQ(failure.code, ErrorCode::denied);
    EXPECT_THAT(failure.hint, HasSubstr("AWS_SECRET_ACCESS_KEY"));
    EXPECT_THAT(failure.describe(), Not(HasSubstr("not-the-secret")));
  }
}

TEST_P(S3, IsDeniedWithAnUnknownKeyAndSaysWhichSetting) {
  options_.credentials.access_key = "nobody";

  const Error failure = open()->stat(context_, "a").error();

  EXPECT_EQ(failure.code, ErrorCode::denied);
  EXPECT_THAT(failure.hint, HasSubstr("AWS_ACCESS_KEY_ID"));
}

TEST_P(S3, TellsAMissingBucketFromAMissingObject) {
  const auto there = open();
  options_.bucket += "-missing";
  const auto missing = open();

  const Error object = get_all(*there, "a").error();
  const Error bucket = get_all(*missing, "a").error();

  EXPECT_EQ(object.code, ErrorCode::not_found);
  EXPECT_EQ(object.message, "object a does not exist");
  EXPECT_EQ(bucket.code, ErrorCode::not_found);
  EXPECT_THAT(bucket.hint, HasSubstr("make the bucket"));
  EXPECT_THAT(missing->list(context_, "").error().hint, HasSubstr("make the bucket"));
}

TEST_P(S3, GoesByTheServersClockWhenOursIsWrong) {
  for (const EpochSeconds off_by : {3'600, -86'400}) {
    WrongClock clock(off_by);
    Context context{clock, null_log(), {}, {}};
    const auto store = open();

    EXPECT_TRUE(store->list(context, "").ok());
    EXPECT_EQ(store->stat(context, "a").error().code, ErrorCode::not_found);
  }
}

TEST_P(S3, GoesToTheRegionThatTheServerNames) {
  options_.region = "eu-nowhere-1";

  const auto listed = open()->list(context_, "");

  EXPECT_TRUE(listed.ok()) << listed.error().describe();
}

TEST_P(S3, KeepsToItsPrefix) {
  const auto whole_bucket = open();
  options_.prefix = "one/two";
  const auto below = open();
  ASSERT_TRUE(put_all(*below, "a/b", "x").ok());
  ASSERT_TRUE(put_all(*whole_bucket, "one/twofold", "x").ok());

  EXPECT_EQ(names_in(*below, ""), Names{"a/b"});
  EXPECT_EQ(names_in(*whole_bucket, ""), (Names{"one/two/a/b", "one/twofold"}));
}

TEST_P(S3, CleanAbortsTheUploadsThatADeadWriterLeftBelowItsPrefix) {
  const auto client = server_.client(options_);
  options_.prefix = "ours";
  const auto store = open();
  for (const char* key : {"ours/a", "ours/b", "theirs/a"}) {
    S3Call begin{.method = "POST", .key = key, .query = {{"uploads", ""}}};
    ASSERT_TRUE(client->send(context_, begin).ok());
  }

  ASSERT_TRUE(store->clean(context_).ok());

  S3Call list{.method = "GET", .query = {{"uploads", ""}}};
  const auto left = client->send(context_, list);
  EXPECT_THAT(left->body, Not(HasSubstr("ours/")));
  EXPECT_THAT(left->body, HasSubstr("theirs/a"));
}

TEST_P(S3, LeavesNoUploadOfWhatIsGivenUp) {
  options_.part_bytes = std::uint64_t{5} << 20;
  {
    const auto store = open();
    const auto upload = store->put(context_, "a").value();
    ASSERT_TRUE(upload->write(context_, std::string(12'000'000, 'x')).ok());
  }

  S3Call list{.method = "GET", .query = {{"uploads", ""}}};
  const auto left = server_.client(options_)->send(context_, list);
  EXPECT_THAT(left->body, Not(HasSubstr("<Upload>")));
}

TEST_P(S3, IsToldThatALockedVersionCannotBeRemoved) {
  options_ = server_.new_bucket({{"x-amz-bucket-object-lock-enabled", "true"}});
  const auto client = server_.client(options_);
  S3Call lock{.method = "PUT",
              .query = {{"object-lock", ""}},
              .body =
                  "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
                  "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days>"
                  "</DefaultRetention></Rule></ObjectLockConfiguration>"};
  const auto locked = client->send(context_, lock);
  ASSERT_TRUE(locked.ok()) << locked.error().describe();
  const auto store = open();
  ASSERT_TRUE(put_all(*store, "small", "x").ok());

  S3Call head{.method = "HEAD", .key = "small"};
  const auto found = client->send(context_, head);
  S3Call remove{.method = "DELETE",
                .key = "small",
                .query = {{"versionId", http::header(found->headers, "x-amz-version-id")}}};
  const auto removed = client->send(context_, remove);

  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().code, ErrorCode::denied);
  EXPECT_THAT(removed.error().hint, HasSubstr("locked"));
  EXPECT_EQ(get_all(*store, "small").value(), "x");
}

TEST_P(S3, LocksSoThatNotEvenTheOwnerCanRemoveOrShorten) {
  options_ = server_.new_bucket({{"x-amz-bucket-object-lock-enabled", "true"}});
  const auto store = open();
  ASSERT_TRUE(put_all(*store, "a", "x").ok());
  const auto client = server_.client(options_);
  S3Call look{.method = "HEAD", .key = "a"};
  const std::string version =
      http::header(client->send(context_, look).value().headers, "x-amz-version-id");

  const EpochSeconds until = context_.clock.wall_seconds() + 3600;
  const auto locked_until = [&] { return store->stat(context_, "a")->locked_until; };
  EXPECT_EQ(locked_until(), 0);

  for (const EpochSeconds asked : {until, until - 60, until + 60}) {
    const auto locked = store->lock(context_, "a", asked);
    ASSERT_TRUE(locked.ok()) << locked.error().describe();
    EXPECT_EQ(locked_until(), std::max(asked, until));
  }
  EXPECT_EQ(store->lock(context_, "b", until).error().code, ErrorCode::not_found);

  S3Call remove{.method = "DELETE", .key = "a", .query = {{"versionId", version}}};
  EXPECT_EQ(client->send(context_, remove).error().code, ErrorCode::denied);
  S3Call shorten{.method = "PUT",
                 .key = "a",
                 .query = {{"retention", ""}},
                 .body = internal::retention_until(context_.clock.wall_seconds() + 60)};
  EXPECT_FALSE(client->send(context_, shorten).ok());
  EXPECT_EQ(get_all(*store, "a").value(), "x");
}

TEST_P(S3, GoesOnWithAnUploadWhenTheServerWasKilled) {
  options_.part_bytes = std::uint64_t{5} << 20;
  const auto store = open_persistent();
  const std::string bytes = counted_bytes(18'000'000);
  const auto upload = store->put(context_, "a").value();
  ASSERT_TRUE(upload->write(context_, bytes.substr(0, 7'000'000)).ok());

  server_.kill();

  ASSERT_TRUE(upload->write(context_, bytes.substr(7'000'000)).ok());
  const auto finished = upload->finish(context_);
  ASSERT_TRUE(finished.ok()) << finished.error().describe();
  EXPECT_TRUE(get_all(*store, "a").value() == bytes);
}

TEST_P(S3, GoesOnWithAReadWhenTheServerWasKilled) {
  const std::string bytes = counted_bytes(20'000'000);
  const auto store = open_persistent();
  ASSERT_TRUE(put_all(*store, "a", bytes).ok());
  std::string back;

  const auto got = store->get(context_, "a", [&](std::string_view piece) -> Result<void> {
    if (back.empty()) server_.kill();
    back += piece;
    return {};
  });

  ASSERT_TRUE(got.ok()) << got.error().describe();
  EXPECT_TRUE(back == bytes);
}

// Whatever the moment: the object is there whole or not at all, and the writer knows which.
TEST_P(S3, LeavesNoTornObjectWhenTheServerIsKilledWhileItTakesOne) {
  const auto store = open_persistent();
  const std::string bytes = counted_bytes(30'000'000);
  for (int round = 0; round < 4; ++round) {
    const std::string name = "object" + std::to_string(round);
    std::atomic<bool> is_sending = false;
    std::jthread killer([&] {
      is_sending.wait(false);
      // Another moment each time.
      for (int i = 0; i < round; ++i) static_cast<void>(random_bytes(std::size_t{4} << 20));
      server_.kill();
    });
    const auto upload = store->put(context_, name).value();
    ASSERT_TRUE(upload->write(context_, bytes).ok());
    is_sending = true;
    is_sending.notify_one();

    const auto finished = upload->finish(context_);

    ASSERT_TRUE(finished.ok()) << finished.error().describe();
    killer.join();
    EXPECT_TRUE(get_all(*store, name).value() == bytes);
  }
}

}  // namespace
}  // namespace salvor::objectstore::testing
