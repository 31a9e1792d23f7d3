#include "objectstore/counted.h"

#include <utility>

#include "objectstore/passing_store.h"

namespace salvor::objectstore {
namespace {

class CountedUpload final : public Upload {
 public:
  CountedUpload(std::unique_ptr<Upload> upload, Traffic& traffic)
      : upload_(std::move(upload)), traffic_(traffic) {}

  Result<void> write(Context& context, const std::string& bytes) override {
    TRY_VOID(upload_->write(context, bytes));
    traffic_.up_bytes += bytes.size();
    return {};
  }
  Result<void> finish(Context& context) override { return upload_->finish(context); }

 private:
  std::unique_ptr<Upload> upload_;
  Traffic& traffic_;
};

class CountedStore final : public PassingStore {
 public:
  CountedStore(std::unique_ptr<Store> store, Traffic& traffic)
      : PassingStore(*store), store_(std::move(store)), traffic_(traffic) {}

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override {
    TRY(auto upload, store_->put(context, name));
    return std::unique_ptr<Upload>(std::make_unique<CountedUpload>(std::move(upload), traffic_));
  }
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override {
    return store_->get(context, name, [&](std::string_view bytes) -> Result<void> {
      traffic_.down_bytes += bytes.size();
      return sink(bytes);
    });
  }
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override {
    TRY_VOID(store_->read(context, name, offset, to));
    traffic_.down_bytes += to.size();
    return {};
  }

 private:
  std::unique_ptr<Store> store_;
  Traffic& traffic_;
};

}  // namespace

std::unique_ptr<Store> make_counted_store(std::unique_ptr<Store> store, Traffic& traffic) {
  return std::make_unique<CountedStore>(std::move(store), traffic);
}

}  // namespace salvor::objectstore
