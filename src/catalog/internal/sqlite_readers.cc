#include "catalog/internal/sqlite_readers.h"

namespace salvor::catalog {

Readers::Lease::~Lease() {
  if (connection_ == nullptr) return;
  connection_->obey(nullptr);
  {
    const std::lock_guard lock(readers_->mutex_);
    readers_->free_.push_back(std::move(connection_));
  }
  readers_->freed_.notify_one();
}

Result<Readers::Lease> Readers::take(const Context& context) {
  TRY_VOID(context.check());
  std::unique_lock lock(mutex_);
  // Whoever holds one is bounded by its own context, so this wait is, too.
  if (!freed_.wait(lock, context.stop, [this] { return !free_.empty(); })) {
    return error(ErrorCode::cancelled, "stopped on request");
  }
  std::unique_ptr<Connection> connection = std::move(free_.back());
  free_.pop_back();
  connection->obey(&context);
  return Lease(*this, std::move(connection));
}

}  // namespace salvor::catalog
