// Stores that break a promise each: a check that cannot fail would be none. Those that keep all are
// in store_test.cc.
#include "objectstore/promises.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "objectstore/memory.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

enum class Bend {
  none,
  other_bytes,
  other_offset,
  more_than_there_is,
  overwrites,
  overwrites_at_the_end,
  shown_early,
  listed_late,
  unsorted,
  first_page_only,
  folded_names,
  removes_only_once,
  removes_nothing,
  cut_large_ones,
};

class BentStore;

class BentUpload final : public Upload {
 public:
  BentUpload(BentStore& store, std::unique_ptr<Upload> upload, std::string name)
      : store_(store), upload_(std::move(upload)), name_(std::move(name)) {}
  Result<void> write(Context& context, const std::string& bytes) override;
  Result<void> finish(Context& context) override;

 private:
  BentStore& store_;
  std::unique_ptr<Upload> upload_;
  std::string name_;
};

class BentStore final : public Store {
 public:
  explicit BentStore(Bend bend) : bend_(bend) {}

  bool is(Bend bend) const { return bend_ == bend; }
  Store& inner() { return *inner_; }

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override {
    const std::string folded = fold(name);
    if (is(Bend::overwrites) || is(Bend::folded_names)) TRY_VOID(inner_->remove(context, folded));
    TRY(auto upload, inner_->put(context, folded));
    return std::unique_ptr<Upload>(std::make_unique<BentUpload>(*this, std::move(upload), folded));
  }
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override {
    std::uint64_t done = 0;
    const ReadSink bent = [&](std::string_view bytes) -> Result<void> {
      std::string other(bytes);
      if (is(Bend::other_bytes) && !other.empty()) other.back() ^= 1;
      done += bytes.size();
      if (is(Bend::cut_large_ones) && done > 10'000'000) return {};
      return sink(other);
    };
    return inner_->get(context, fold(name), bent);
  }
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override {
    if (is(Bend::other_offset)) offset = 0;
    auto read = inner_->read(context, fold(name), offset, to);
    if (is(Bend::more_than_there_is)) return {};
    return read;
  }
  Result<ObjectInfo> stat(Context& context, const std::string& name) override {
    return inner_->stat(context, fold(name));
  }
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override {
    return inner_->lock(context, fold(name), until);
  }
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override {
    TRY(auto listed, inner_->list(context, fold(prefix)));
    if (is(Bend::unsorted)) std::reverse(listed.begin(), listed.end());
    if (is(Bend::first_page_only)) listed.resize(std::min<std::size_t>(listed.size(), 1'000));
    if (is(Bend::listed_late) && listed.size() == 1) listed.clear();
    return listed;
  }
  Result<void> remove(Context& context, const std::string& name) override {
    if (is(Bend::removes_nothing)) return {};
    if (is(Bend::removes_only_once)) TRY_VOID(inner_->stat(context, name));
    return inner_->remove(context, fold(name));
  }
  Result<void> clean(Context& context) override { return inner_->clean(context); }

 private:
  std::string fold(std::string name) const {
    if (!is(Bend::folded_names)) return name;
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return name;
  }

  Bend bend_;
  std::unique_ptr<Store> inner_ = make_memory_store();
};

Result<void> BentUpload::write(Context& context, const std::string& bytes) {
  if (store_.is(Bend::shown_early)) static_cast<void>(put_all(store_.inner(), name_, bytes).ok());
  return upload_->write(context, bytes);
}

Result<void> BentUpload::finish(Context& context) {
  if (store_.is(Bend::overwrites_at_the_end) || store_.is(Bend::shown_early))
    TRY_VOID(store_.inner().remove(context, name_));
  return upload_->finish(context);
}

std::vector<std::string> broken_by(Bend bend) {
  BentStore store(bend);
  Context context = background();
  std::vector<std::string> names;
  const Verification made = verify(context, store, [&](const Finding& finding) {
    if (finding.failure) names.push_back(finding.promise->name);
  });
  EXPECT_EQ(made.is_good(), names.empty() && !made.left_behind);
  return names;
}

TEST(Promises, AreAllKeptByAStoreThatKeepsThem) { EXPECT_EQ(broken_by(Bend::none), Names{}); }

TEST(Promises, AreEachBrokenBySomeStore) {
  struct Row {
    Bend bend;
    const char* promise;
  };
  for (const Row& row :
       {Row{Bend::other_bytes, "write-read"}, Row{Bend::other_offset, "range-reads"},
        Row{Bend::more_than_there_is, "range-reads"}, Row{Bend::overwrites, "write-once"},
        Row{Bend::overwrites_at_the_end, "one-winner"}, Row{Bend::shown_early, "whole-objects"},
        Row{Bend::listed_late, "read-after-write"}, Row{Bend::unsorted, "lists"},
        Row{Bend::first_page_only, "list-pages"}, Row{Bend::folded_names, "names"},
        Row{Bend::removes_only_once, "remove"}, Row{Bend::removes_nothing, "remove"},
        Row{Bend::removes_nothing, "many-at-once"}, Row{Bend::cut_large_ones, "large-objects"}}) {
    const Names broken = broken_by(row.bend);
    EXPECT_NE(std::find(broken.begin(), broken.end(), row.promise), broken.end()) << row.promise;
  }
}

TEST(Verify, EmptiesItsFolderAndTouchesNothingElse) {
  const auto store = make_memory_store();
  ASSERT_TRUE(put_all(*store, "mine", "x").ok());
  Context context = background();

  const Verification made = verify(context, *store, [](const Finding&) {});

  EXPECT_TRUE(made.is_good());
  EXPECT_EQ(made.findings.size(), promises().size());
  EXPECT_EQ(names_in(*store, ""), Names{"mine"});
}

TEST(Verify, EmptiesItsFolderAlsoWhenItIsStopped) {
  const auto store = make_memory_store();
  std::stop_source stop;
  Context context = background().stopped_by(stop.get_token());

  const Verification made = verify(context, *store, [&](const Finding& finding) {
    if (finding.promise->name == "lists") stop.request_stop();
  });

  EXPECT_FALSE(made.is_good());
  EXPECT_EQ(made.findings.back().failure->code, ErrorCode::cancelled);
  EXPECT_EQ(names_in(*store, ""), Names{});
}

TEST(Verify, TellsWhatItCouldNotRemove) {
  BentStore store(Bend::removes_nothing);
  Context context = background();

  const Verification made = verify(context, store, [](const Finding&) {});

  EXPECT_TRUE(made.left_behind.has_value());
}

}  // namespace
}  // namespace salvor::objectstore::testing
