// A catalog whose calls fail on order, to see what a client gets then.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

namespace salvor::api::testing {

// Passes everything on to another catalog, but the call that fail_at() names.
class FaultyCatalog : public catalog::Catalog {
 public:
  explicit FaultyCatalog(catalog::Catalog& inner) : inner_(inner) {}

  // The call after `calls` more ones fails with `code` and does nothing.
  void fail_at(int calls, ErrorCode code) {
    code_ = code;
    fired_ = false;
    left_ = calls;
  }
  // No call fails any more.
  void stop() { left_ = kNever; }
  bool fired() const { return fired_; }

  Result<catalog::Document> get(Context& context, const std::string& resource,
                                const std::string& id) override {
    if (fires()) return failure();
    return inner_.get(context, resource, id);
  }
  Result<catalog::Page> find(Context& context, const std::string& resource,
                             const catalog::Query& query) override {
    if (fires()) return failure();
    return inner_.find(context, resource, query);
  }
  Result<std::vector<catalog::Document>> commit(Context& context,
                                                const catalog::Transaction& transaction) override {
    if (fires()) return failure();
    return inner_.commit(context, transaction);
  }

 private:
  static constexpr int kNever = -1;

  bool fires() {
    if (left_ < 0 || left_-- > 0) return false;
    fired_ = true;
    return true;
  }
  Error failure() const { return error(code_, "the database is busy"); }

  catalog::Catalog& inner_;
  std::atomic<int> left_{kNever};
  std::atomic<bool> fired_{false};
  ErrorCode code_ = ErrorCode::unavailable;
};

}  // namespace salvor::api::testing
