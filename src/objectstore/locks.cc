#include "objectstore/locks.h"

namespace salvor::objectstore {
namespace {

// 0: it is not locked, or not any more, or not there.
Result<EpochSeconds> lock_end(Context& context, Store& store, const std::string& name) {
  const auto info = store.stat(context, name);
  if (!info.ok() && info.error().code == ErrorCode::not_found) return EpochSeconds{0};
  if (!info.ok()) return info.error();
  return info->locked_until > context.clock.wall_seconds() ? info->locked_until : EpochSeconds{0};
}

}  // namespace

Result<bool> is_locked(Context& context, Store& store, const std::string& name) {
  TRY(const EpochSeconds end, lock_end(context, store, name));
  return end > 0;
}

Result<void> expect_unlocked(Context& context, Store& store, const std::string& name) {
  TRY(const EpochSeconds end, lock_end(context, store, name));
  if (end == 0) return {};
  return error(ErrorCode::denied, "the store has locked object " + name + " until " + rfc3339(end))
      .with_hint("remove it after that");
}

}  // namespace salvor::objectstore
