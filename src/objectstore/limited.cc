#include "objectstore/limited.h"

#include <utility>

#include "objectstore/internal/token_bucket.h"
#include "objectstore/passing_store.h"

namespace salvor::objectstore {
namespace {

using internal::TokenBucket;

class LimitedUpload final : public Upload {
 public:
  LimitedUpload(std::unique_ptr<Upload> upload, TokenBucket& up)
      : upload_(std::move(upload)), up_(up) {}

  Result<void> write(Context& context, const std::string& bytes) override {
    TRY_VOID(up_.take(context, bytes.size()));
    return upload_->write(context, bytes);
  }
  Result<void> finish(Context& context) override { return upload_->finish(context); }

 private:
  std::unique_ptr<Upload> upload_;
  TokenBucket& up_;
};

class LimitedStore final : public PassingStore {
 public:
  LimitedStore(std::unique_ptr<Store> store, const Bandwidth& bandwidth)
      : PassingStore(*store),
        store_(std::move(store)),
        up_(bandwidth.up_bytes),
        down_(bandwidth.down_bytes) {}

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override {
    TRY(auto upload, store_->put(context, name));
    return std::unique_ptr<Upload>(std::make_unique<LimitedUpload>(std::move(upload), up_));
  }
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override {
    return store_->get(context, name, [&](std::string_view bytes) -> Result<void> {
      TRY_VOID(down_.take(context, bytes.size()));
      return sink(bytes);
    });
  }
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override {
    TRY_VOID(store_->read(context, name, offset, to));
    return down_.take(context, to.size());
  }

 private:
  std::unique_ptr<Store> store_;
  TokenBucket up_;
  TokenBucket down_;
};

}  // namespace

std::unique_ptr<Store> make_limited_store(std::unique_ptr<Store> store,
                                          const Bandwidth& bandwidth) {
  return std::make_unique<LimitedStore>(std::move(store), bandwidth);
}

}  // namespace salvor::objectstore
