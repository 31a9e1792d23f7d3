#include "objectstore/retrying.h"

#include <gtest/gtest.h>

#include "kube/testing/instant_clock.h"
#include "objectstore/memory.h"
#include "objectstore/passing_store.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

class Retrying : public ::testing::Test {
 protected:
  // The store of the test, around a faulty one around one in memory.
  std::unique_ptr<Store> persistent(Patience patience = {}) {
    auto faulty = std::make_unique<FaultyStore>(*memory_);
    faulty_ = faulty.get();
    if (!patience.jitter) patience.jitter = [] { return 0.5; };
    return make_retrying_store(std::move(faulty), std::move(patience));
  }
  Result<void> put(Store& store, const std::string& bytes) {
    TRY(const auto upload, store.put(context_, "a"));
    TRY_VOID(upload->write(context_, bytes.substr(0, 5)));
    TRY_VOID(upload->write(context_, bytes.substr(5)));
    return upload->finish(context_);
  }
  Result<std::string> get(Store& store) {
    std::string all;
    TRY_VOID(store.get(context_, "a", [&](std::string_view bytes) -> Result<void> {
      all += bytes;
      return {};
    }));
    return all;
  }

  kube::InstantClock clock_;
  Context context_{clock_, null_log(), {}, {}};
  std::unique_ptr<Store> memory_ = make_memory_store();
  FaultyStore* faulty_ = nullptr;
};

TEST_F(Retrying, WritesWhateverFailsOnTheWay) {
  struct Row {
    Operation operation;
    Effect effect;
    int times;  // what was lost at the end is settled at the first look
  };
  for (const Row& row :
       {Row{Operation::put, Effect::fail, 3}, Row{Operation::put, Effect::lost, 3},
        Row{Operation::write, Effect::fail, 3}, Row{Operation::write, Effect::lost, 2},
        Row{Operation::finish, Effect::fail, 3}, Row{Operation::finish, Effect::lost, 1}}) {
    memory_ = make_memory_store();
    const auto store = persistent();
    for (int i = 0; i < row.times; ++i)
      faulty_->script({.operation = row.operation, .effect = row.effect});

    const auto done = put(*store, "0123456789");

    EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().describe());
    EXPECT_EQ(get_all(*memory_, "a").value(), "0123456789");
  }
}

TEST_F(Retrying, LooksAgainWhenLookingFails) {
  const auto store = persistent();
  faulty_->script({.operation = Operation::finish, .effect = Effect::lost});
  faulty_->script({.operation = Operation::stat, .effect = Effect::fail});

  EXPECT_TRUE(put(*store, "0123456789").ok());
}

TEST_F(Retrying, TellsOfANameThatSomebodyElseTook) {
  const auto store = persistent();
  const auto upload = store->put(context_, "a").value();
  ASSERT_TRUE(upload->write(context_, "ours").ok());
  ASSERT_TRUE(put_all(*memory_, "a", "theirs").ok());

  EXPECT_EQ(upload->finish(context_).error().code, ErrorCode::conflict);
}

TEST_F(Retrying, TellsOfANameThatSomebodyElseTookWhileItWasAway) {
  const auto store = persistent();
  faulty_->script({.operation = Operation::finish, .effect = Effect::fail});
  const auto upload = store->put(context_, "a").value();
  ASSERT_TRUE(upload->write(context_, "ours").ok());
  ASSERT_TRUE(put_all(*memory_, "a", "theirs").ok());

  EXPECT_EQ(upload->finish(context_).error().code, ErrorCode::conflict);
  EXPECT_EQ(get_all(*memory_, "a").value(), "theirs");
}

TEST_F(Retrying, ReadsListsAndRemovesWhateverFailsOnTheWay) {
  ASSERT_TRUE(put_all(*memory_, "a", "0123456789").ok());
  const auto store = persistent();
  for (const Operation operation : {Operation::get, Operation::read, Operation::stat,
                                    Operation::list, Operation::remove, Operation::clean})
    faulty_->script({.operation = operation, .effect = Effect::fail});
  std::string part(3, 'x');

  EXPECT_EQ(get(*store).value(), "0123456789");
  EXPECT_TRUE(store->read(context_, "a", 2, part).ok());
  EXPECT_EQ(part, "234");
  EXPECT_EQ(store->stat(context_, "a")->size_bytes, 10U);
  EXPECT_EQ(store->list(context_, "")->size(), 1U);
  EXPECT_TRUE(store->clean(context_).ok());
  EXPECT_TRUE(store->remove(context_, "a").ok());
  EXPECT_EQ(names_in(*memory_, ""), Names{});
}

// Ends a get() after so many bytes, once, as a broken connection does.
class BreakingStore final : public PassingStore {
 public:
  BreakingStore(Store& inner, std::size_t after) : PassingStore(inner), after_(after) {}

  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override {
    const ReadSink breaking = [&](std::string_view bytes) -> Result<void> {
      TRY_VOID(sink(bytes.substr(0, after_)));
      return error(ErrorCode::unavailable, "connection lost");
    };
    TRY_VOID(inner().get(context, name, breaking));
    return error(ErrorCode::bug, "there was nothing to break");
  }

 private:
  std::size_t after_;
};

TEST_F(Retrying, GoesOnWhereAReadBroke) {
  std::string bytes;
  while (bytes.size() < 20'000'000) bytes += std::to_string(bytes.size()) + ",";
  ASSERT_TRUE(put_all(*memory_, "a", bytes).ok());
  const auto store = make_retrying_store(std::make_unique<BreakingStore>(*memory_, 12'345));

  EXPECT_TRUE(get(*store).value() == bytes);
}

TEST_F(Retrying, LeavesTheSinksOwnFailureAlone) {
  ASSERT_TRUE(put_all(*memory_, "a", "0123456789").ok());
  const auto store = persistent();
  int calls = 0;

  const auto done = store->get(context_, "a", [&](std::string_view) -> Result<void> {
    ++calls;
    return error(ErrorCode::unavailable, "the sink is full");
  });

  EXPECT_EQ(done.error().message, "the sink is full");
  EXPECT_EQ(calls, 1);
}

TEST_F(Retrying, ReturnsAtOnceWhatNoOtherTryCanChange) {
  const auto store = persistent();
  faulty_->script({.operation = Operation::list, .effect = Effect::disk_full});

  EXPECT_EQ(store->list(context_, "").error().code, ErrorCode::exhausted);
  EXPECT_EQ(store->stat(context_, "a").error().code, ErrorCode::not_found);
  EXPECT_EQ(clock_.elapsed(), Duration::zero());
}

TEST_F(Retrying, GivesUpAfterItsTriesWithGrowingPauses) {
  const auto store = persistent({.tries_max = 4, .first_pause = std::chrono::milliseconds(200)});
  for (int i = 0; i < 4; ++i) faulty_->script({.operation = Operation::stat});

  EXPECT_EQ(store->stat(context_, "a").error().code, ErrorCode::unavailable);

  // Half of 200, 400 and 800 ms.
  EXPECT_EQ(clock_.elapsed(), std::chrono::milliseconds(700));
  EXPECT_EQ(faulty_->calls(), 4U);
}

TEST_F(Retrying, GivesUpWhenItsTimeIsOver) {
  const auto store = persistent({.tries_max = 1000,
                                 .total_max = std::chrono::seconds(3),
                                 .first_pause = std::chrono::milliseconds(2000),
                                 .pause_max = std::chrono::milliseconds(2000)});
  for (int i = 0; i < 4; ++i) faulty_->script({.operation = Operation::stat});

  EXPECT_EQ(store->stat(context_, "a").error().code, ErrorCode::unavailable);

  EXPECT_EQ(clock_.elapsed(), std::chrono::seconds(3));
}

TEST_F(Retrying, DoesNotWaitBeyondTheDeadline) {
  const auto store = persistent({.first_pause = std::chrono::milliseconds(2000)});
  faulty_->script({.operation = Operation::stat});
  Context short_of_time = context_.within(std::chrono::milliseconds(500));

  const auto found = store->stat(short_of_time, "a");

  EXPECT_EQ(found.error().message, "scripted fault: connection lost");
  EXPECT_EQ(clock_.elapsed(), Duration::zero());
}

TEST_F(Retrying, StopsWhenAsked) {
  const auto store = persistent();
  faulty_->script({.operation = Operation::list});
  std::stop_source stop;
  stop.request_stop();
  Context stopped = context_.stopped_by(stop.get_token());

  EXPECT_EQ(store->list(stopped, "").error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace salvor::objectstore::testing
