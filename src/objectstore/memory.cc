#include "objectstore/memory.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "objectstore/internal/common.h"

namespace salvor::objectstore {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

Error not_there(const std::string& name) {
  return error(ErrorCode::not_found, "object " + name + " does not exist");
}

class MemoryStore final : public Store {
 public:
  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override;
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override;
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override;
  Result<ObjectInfo> stat(Context& context, const std::string& name) override;
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override;
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override;
  Result<void> remove(Context& context, const std::string& name) override;
  Result<void> clean(Context& context) override { return context.check(); }

  Result<void> publish(const std::string& name, std::string bytes);

 private:
  // Shared by the store and by reads in flight, so that a removal does not pull bytes from under
  // a reader.
  using Bytes = std::shared_ptr<const std::string>;
  Bytes find(const std::string& name);

  std::mutex mutex_;
  std::map<std::string, Bytes> objects_;
  std::map<std::string, EpochSeconds> locked_until_;  // of those that were ever locked
};

class MemoryUpload final : public Upload {
 public:
  MemoryUpload(MemoryStore& store, std::string name) : store_(store), name_(std::move(name)) {}
  Result<void> write(Context& context, const std::string& bytes) override {
    TRY_VOID(context.check());
    bytes_ += bytes;
    return {};
  }
  Result<void> finish(Context& context) override {
    TRY_VOID(context.check());
    return store_.publish(name_, std::move(bytes_));
  }

 private:
  MemoryStore& store_;
  std::string name_;
  std::string bytes_;
};

Result<std::unique_ptr<Upload>> MemoryStore::put(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  if (find(name)) return error(ErrorCode::conflict, "object " + name + " exists already");
  return std::unique_ptr<Upload>(std::make_unique<MemoryUpload>(*this, name));
}

Result<void> MemoryStore::publish(const std::string& name, std::string bytes) {
  const std::lock_guard lock(mutex_);
  const bool is_new =
      objects_.emplace(name, std::make_shared<const std::string>(std::move(bytes))).second;
  if (!is_new) return error(ErrorCode::conflict, "object " + name + " exists already");
  return {};
}

MemoryStore::Bytes MemoryStore::find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  return found == objects_.end() ? nullptr : found->second;
}

Result<void> MemoryStore::get(Context& context, const std::string& name, const ReadSink& sink) {
  TRY_VOID(internal::check_name(name));
  const Bytes bytes = find(name);
  if (!bytes) return not_there(name);
  for (std::size_t at = 0; at < bytes->size(); at += kChunk) {
    TRY_VOID(context.check());
    TRY_VOID(sink(std::string_view(*bytes).substr(at, kChunk)));
  }
  return {};
}

Result<void> MemoryStore::read(Context& context, const std::string& name, std::uint64_t offset,
                               std::span<char> to) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  const Bytes bytes = find(name);
  if (!bytes) return not_there(name);
  if (offset > bytes->size() || to.size() > bytes->size() - offset)
    return internal::too_short({name, bytes->size()}, offset, to.size());
  bytes->copy(to.data(), to.size(), offset);
  return {};
}

Result<ObjectInfo> MemoryStore::stat(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  const Bytes bytes = find(name);
  if (!bytes) return not_there(name);
  const std::lock_guard lock(mutex_);
  const auto locked = locked_until_.find(name);
  return ObjectInfo{name, bytes->size(), locked == locked_until_.end() ? 0 : locked->second};
}

Result<void> MemoryStore::lock(Context& context, const std::string& name, EpochSeconds until) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  if (!find(name)) return not_there(name);
  const std::lock_guard lock(mutex_);
  EpochSeconds& locked_until = locked_until_[name];
  locked_until = std::max(locked_until, until);
  return {};
}

Result<std::vector<ObjectInfo>> MemoryStore::list(Context& context, const std::string& prefix) {
  TRY_VOID(context.check());
  const std::lock_guard lock(mutex_);
  std::vector<ObjectInfo> found;
  for (auto it = objects_.lower_bound(prefix); it != objects_.end(); ++it) {
    if (it->first.compare(0, prefix.size(), prefix) != 0) break;
    found.push_back({it->first, it->second->size()});
  }
  return found;
}

Result<void> MemoryStore::remove(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  const std::lock_guard lock(mutex_);
  const auto locked = locked_until_.find(name);
  if (locked != locked_until_.end()) {
    if (locked->second > context.clock.wall_seconds())
      return error(ErrorCode::denied, "object " + name + " is locked");
    locked_until_.erase(locked);
  }
  objects_.erase(name);
  return {};
}

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace salvor::objectstore
