// A store that passes every call on to another: what stands before a store begins with this, and
// says only what it does otherwise.
#pragma once

#include "objectstore/store.h"

namespace salvor::objectstore {

// Borrows the other store. Any thread may call.
class PassingStore : public Store {
 public:
  explicit PassingStore(Store& inner) : inner_(inner) {}

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override {
    return inner_.put(context, name);
  }
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override {
    return inner_.get(context, name, sink);
  }
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override {
    return inner_.read(context, name, offset, to);
  }
  Result<ObjectInfo> stat(Context& context, const std::string& name) override {
    return inner_.stat(context, name);
  }
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override {
    return inner_.lock(context, name, until);
  }
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override {
    return inner_.list(context, prefix);
  }
  Result<void> remove(Context& context, const std::string& name) override {
    return inner_.remove(context, name);
  }
  Result<void> clean(Context& context) override { return inner_.clean(context); }

 protected:
  Store& inner() { return inner_; }

 private:
  Store& inner_;
};

}  // namespace salvor::objectstore
