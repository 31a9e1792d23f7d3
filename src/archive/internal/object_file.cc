#include "archive/internal/object_file.h"

namespace salvor::archive::internal {
namespace {

constexpr std::size_t kMuch = std::size_t{128} << 10;

}  // namespace

GzipFile::GzipFile(std::unique_ptr<objectstore::Upload> upload)
    : upload_(std::move(upload)),
      deflater_(std::make_unique<Deflater>()),
      hash_(std::make_unique<Sha256>()) {}

Result<GzipFile> GzipFile::create(Context& context, objectstore::Store& store,
                                  const std::string& name) {
  TRY(std::unique_ptr<objectstore::Upload> upload, store.put(context, name));
  return GzipFile(std::move(upload));
}

Result<void> GzipFile::flush(Context& context, Flush flush) {
  if (flush == Flush::when_much && pending_.size() < kMuch) return {};
  deflater_->append(pending_, compressed_);
  pending_.clear();
  if (compressed_.size() >= kMuch) TRY_VOID(send(context));
  return {};
}

Result<void> GzipFile::send(Context& context) {
  hash_->update(compressed_);
  size_bytes_ += compressed_.size();
  TRY_VOID(upload_->write(context, compressed_));
  compressed_.clear();
  return {};
}

Result<void> GzipFile::finish(Context& context) {
  TRY_VOID(flush(context, Flush::all));
  deflater_->finish(compressed_);
  TRY_VOID(send(context));
  digest_ = hash_->finish();
  return upload_->finish(context);
}

}  // namespace salvor::archive::internal
