// A job under way in this process: its lease, its stop signal and its fenced writes.
#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "jobs/engine.h"
#include "jobs/lease.h"

namespace salvor::jobs {

enum class StopReason { none, cancelled, lease_lost, drained };

class LeaseRun final : public JobRun {
 public:
  LeaseRun(catalog::Catalog& catalog, const Context& context, std::string id, Json document,
           Lease lease, bool is_resumed);

  const std::string& id() const override { return id_; }
  const Json& document() const override { return document_; }
  bool is_resumed() const override { return is_resumed_; }
  Context& context() override { return context_; }
  bool is_cancelled() const override { return stop_reason_ == StopReason::cancelled; }
  Result<void> activity(const std::string& text) override;
  using JobRun::progress;
  Result<void> progress(const Json& fields, std::vector<catalog::Change> changes) override;
  Result<void> commit(std::vector<catalog::Change> changes) override;

  // The first reason stays.
  void stop(StopReason reason);
  StopReason stop_reason() const { return stop_reason_; }
  // Puts the lease's end off; stops the run when the lease is lost or somebody asked to cancel.
  void renew(EpochSeconds expires);
  // Writes the end; when another run is to go on with the job, gives up the lease instead.
  Result<void> finish(JobEnd end);
  std::string cluster() const { return text_at(document_, "cluster"); }

 private:
  Result<void> commit_with(Context& context, std::vector<catalog::Change> changes);

  catalog::Catalog& catalog_;
  const std::string id_;
  const Json document_;
  const Lease lease_;
  const bool is_resumed_;
  std::stop_source source_;
  Context context_;
  Context unstopped_;  // the end must be written though the run was stopped
  std::atomic<StopReason> stop_reason_ = StopReason::none;
};

}  // namespace salvor::jobs
