// A job's run without an engine: what a job kind writes goes into a catalog, unfenced.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "jobs/engine.h"

namespace salvor::backup::testing {

class FakeJobRun final : public jobs::JobRun {
 public:
  enum class Resumed { no, yes };

  // The catalog must outlive it.
  FakeJobRun(catalog::Catalog& catalog, const Context& context, std::string id, Json document,
             Resumed resumed = Resumed::no)
      : catalog_(catalog),
        context_(context),
        id_(std::move(id)),
        document_(std::move(document)),
        resumed_(resumed) {}

  const std::string& id() const override { return id_; }
  const Json& document() const override { return document_; }
  bool is_resumed() const override { return resumed_ == Resumed::yes; }
  Context& context() override { return context_; }
  bool is_cancelled() const override { return context_.stopped(); }
  Result<void> activity(const std::string& text) override {
    TRY_VOID(count_write());
    activities_.push_back(text);
    return {};
  }
  using JobRun::progress;
  Result<void> progress(const Json& fields, std::vector<catalog::Change> changes) override {
    TRY_VOID(count_write());
    fields_.update(fields);
    return changes.empty() ? Result<void>() : write(std::move(changes));
  }
  Result<void> commit(std::vector<catalog::Change> changes) override {
    TRY_VOID(count_write());
    return write(std::move(changes));
  }

  // What the engine does with a job's end.
  Result<void> finish(const jobs::JobEnd& end) {
    fields_.update(end.fields);
    return write(end.changes);
  }

  // From write number `count` on, which counts from 0, all writes fail: the lease is lost.
  void lose_lease_at(unsigned count) { lost_at_ = count; }
  unsigned writes() const { return writes_; }
  const std::vector<std::string>& activities() const { return activities_; }
  std::string all_activity() const {
    std::string all;
    for (const std::string& line : activities_) all += line + "\n";
    return all;
  }
  const Json& fields() const { return fields_; }

 private:
  Result<void> count_write() {
    if (writes_++ < lost_at_) return {};
    return error(ErrorCode::cancelled, "the lease of the job is lost");
  }
  Result<void> write(std::vector<catalog::Change> changes) {
    Context unstopped = context_.stopped_by({});
    TRY(const auto written, catalog_.commit(unstopped, {std::move(changes)}));
    CHECK(written.size() < 1'000'000);
    return {};
  }

  catalog::Catalog& catalog_;
  Context context_;
  const std::string id_;
  const Json document_;
  const Resumed resumed_;
  unsigned lost_at_ = ~0U;
  unsigned writes_ = 0;
  std::vector<std::string> activities_;
  Json fields_ = Json::object();
};

}  // namespace salvor::backup::testing
