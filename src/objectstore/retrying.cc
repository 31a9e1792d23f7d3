#include "objectstore/retrying.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/random.h"
#include "objectstore/internal/tries.h"

namespace salvor::objectstore {
namespace {

using internal::persistently;
using internal::Tries;

// What is asked for at once by a get() that goes on.
constexpr std::uint64_t kPieceBytes = std::uint64_t{8} << 20;

double random_fraction() {
  const std::string bytes = random_bytes(2);
  const auto high = static_cast<unsigned char>(bytes[0]);
  const auto low = static_cast<unsigned char>(bytes[1]);
  return (high * 256 + low) / 65536.0;
}

bool may_pass(const Error& failure) {
  return failure.code == ErrorCode::unavailable || failure.code == ErrorCode::unknown_outcome;
}

class RetryingUpload final : public Upload {
 public:
  RetryingUpload(std::unique_ptr<Upload> upload, Store& store, const Patience& patience,
                 std::string name)
      : upload_(std::move(upload)), store_(store), patience_(patience), name_(std::move(name)) {}

  Result<void> write(Context& context, const std::string& bytes) override {
    TRY_VOID(persistently(context, patience_, [&] { return upload_->write(context, bytes); }));
    size_bytes_ += bytes.size();
    return {};
  }
  Result<void> finish(Context& context) override;

 private:
  enum class Outcome { ours, somebody_elses, absent, unknown };
  Outcome look(Context& context);

  std::unique_ptr<Upload> upload_;
  Store& store_;
  const Patience& patience_;
  std::string name_;
  std::uint64_t size_bytes_ = 0;
};

Result<void> RetryingUpload::finish(Context& context) {
  Tries tries(context, patience_);
  Result<void> ended = upload_->finish(context);
  bool was_lost = false;
  while (!ended.ok()) {
    was_lost = was_lost || may_pass(ended.error());
    const bool is_taken = ended.error().code == ErrorCode::conflict;
    // A name that is taken at the first try is taken by somebody else.
    if (!was_lost || (!may_pass(ended.error()) && !is_taken)) return ended;
    const Outcome outcome = look(context);
    if (outcome == Outcome::ours) return {};
    if (outcome == Outcome::somebody_elses)
      return error(ErrorCode::conflict, "object " + name_ + " exists already");
    if (!tries.wait_for_next()) return context.stopped() ? context.check() : ended;
    if (outcome == Outcome::absent) ended = upload_->finish(context);
  }
  return ended;
}

RetryingUpload::Outcome RetryingUpload::look(Context& context) {
  const auto there = store_.stat(context, name_);
  if (there.ok()) return there->size_bytes == size_bytes_ ? Outcome::ours : Outcome::somebody_elses;
  return there.error().code == ErrorCode::not_found ? Outcome::absent : Outcome::unknown;
}

class RetryingStore final : public Store {
 public:
  RetryingStore(std::unique_ptr<Store> store, Patience patience)
      : store_(std::move(store)), patience_(std::move(patience)) {
    if (!patience_.jitter) patience_.jitter = random_fraction;
  }

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override {
    TRY(auto upload, persistently(context, patience_, [&] { return store_->put(context, name); }));
    return std::unique_ptr<Upload>(
        std::make_unique<RetryingUpload>(std::move(upload), *store_, patience_, name));
  }
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override;
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override {
    return persistently(context, patience_,
                        [&] { return store_->read(context, name, offset, to); });
  }
  Result<ObjectInfo> stat(Context& context, const std::string& name) override {
    return persistently(context, patience_, [&] { return store_->stat(context, name); });
  }
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override {
    return persistently(context, patience_, [&] { return store_->lock(context, name, until); });
  }
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override {
    return persistently(context, patience_, [&] { return store_->list(context, prefix); });
  }
  Result<void> remove(Context& context, const std::string& name) override {
    return persistently(context, patience_, [&] { return store_->remove(context, name); });
  }
  Result<void> clean(Context& context) override {
    return persistently(context, patience_, [&] { return store_->clean(context); });
  }

 private:
  Result<void> get_rest(Context& context, const std::string& name, std::uint64_t offset,
                        const ReadSink& sink);

  std::unique_ptr<Store> store_;
  Patience patience_;
};

Result<void> RetryingStore::get(Context& context, const std::string& name, const ReadSink& sink) {
  std::uint64_t passed_bytes = 0;
  bool has_sink_failed = false;
  const ReadSink counting = [&](std::string_view bytes) -> Result<void> {
    Result<void> taken = sink(bytes);
    has_sink_failed = !taken.ok();
    passed_bytes += bytes.size();
    return taken;
  };
  Result<void> done = store_->get(context, name, counting);
  if (done.ok() || has_sink_failed || !may_pass(done.error())) return done;
  Tries tries(context, patience_);
  if (!tries.wait_for_next()) return done;
  return get_rest(context, name, passed_bytes, sink);
}

Result<void> RetryingStore::get_rest(Context& context, const std::string& name,
                                     std::uint64_t offset, const ReadSink& sink) {
  TRY(const ObjectInfo info, stat(context, name));
  std::string piece;
  while (offset < info.size_bytes) {
    piece.resize(std::min(kPieceBytes, info.size_bytes - offset));
    TRY_VOID(read(context, name, offset, piece));
    TRY_VOID(sink(piece));
    offset += piece.size();
  }
  return {};
}

}  // namespace

std::unique_ptr<Store> make_retrying_store(std::unique_ptr<Store> store, Patience patience) {
  return std::make_unique<RetryingStore>(std::move(store), std::move(patience));
}

}  // namespace salvor::objectstore
