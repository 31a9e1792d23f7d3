#include "restore/volume_progress.h"

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "schema/filter.h"

namespace salvor::restore {
namespace {

using volume::TransferState;

constexpr const char* kRows = "kubepvcprogress";
constexpr std::uint64_t kRowsMax = 1'000'000;

TransferState state_after(const Outcome& outcome) {
  switch (row_of(outcome.reason).kind) {
    case ReasonClass::done:
    case ReasonClass::partial:
      return TransferState::completed;
    case ReasonClass::kept:
    case ReasonClass::skipped:
      return TransferState::skipped;
    case ReasonClass::open:
    case ReasonClass::failed:
      return TransferState::failed;
  }
  return TransferState::failed;
}

EpochSeconds time_at(const Json& row, const char* name) {
  const Json& value = member(row, name);
  return value.is_number_integer() ? value.get<EpochSeconds>() : 0;
}

}  // namespace

VolumeProgress::VolumeProgress(jobs::JobRun& run, const Plan& plan) : run_(run), plan_(plan) {
  for (const Step& step : plan.steps) {
    if (step.action == Action::none || !step.takes_long()) continue;
    by_step_[step.number] = volumes_.size();
    volumes_.push_back({.step = step.number});
  }
}

Result<void> VolumeProgress::find(Context& context, catalog::Catalog& catalog) {
  if (volumes_.empty()) return {};
  std::map<std::string, Volume*> by_name;
  for (Volume& volume : volumes_) {
    const Step& step = plan_.steps[volume.step];
    by_name[step.target_namespace + "/" + step.target_name] = &volume;
  }
  catalog::Query query;
  query.filter = schema::equals("job_id", run_.id());
  query.limit = kRowsMax;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, kRows, query));
  for (const catalog::Document& document : page.documents) {
    const Json row = document.body();
    const auto found = by_name.find(text_at(row, "namespace") + "/" + text_at(row, "name"));
    if (found == by_name.end()) continue;
    Volume& volume = *found->second;
    volume.row = document.id;
    volume.transfer = volume::transfer_in(row);
    volume.start_time = time_at(row, "start_time");
    volume.end_time = time_at(row, "end_time");
  }
  return {};
}

Result<void> VolumeProgress::begin(catalog::Catalog& catalog) {
  TRY_VOID(find(run_.context(), catalog));
  const EpochSeconds now = run_.context().clock.wall_seconds();
  std::vector<catalog::Change> changes;
  for (Volume& volume : volumes_) {
    if (!volume.row.empty()) continue;
    volume.row = new_object_id(now);
    changes.emplace_back(catalog::Insert{kRows, volume.row, row_for(volume)});
  }
  if (changes.empty()) return {};
  return run_.progress({{"kube_copy_progress", sum()}}, std::move(changes));
}

Result<void> VolumeProgress::note(StepNumber step, volume::Transfer transfer,
                                  Duration report_every) {
  const std::lock_guard lock(mutex_);
  Volume& volume = volumes_[by_step_.at(step)];
  const bool is_news = volume.transfer.state != transfer.state;
  volume.transfer = std::move(transfer);
  const Clock& clock = run_.context().clock;
  const EpochSeconds now = clock.wall_seconds();
  if (volume.start_time == 0) volume.start_time = now;
  if (volume.transfer.has_ended()) volume.end_time = now;
  if (!is_news && clock.steady() < next_report_) return {};
  next_report_ = clock.steady() + report_every;
  return run_.progress({{"kube_copy_progress", sum()}},
                       {catalog::Replace{kRows, volume.row, row_for(volume)}});
}

void VolumeProgress::close(const std::vector<Outcome>& outcomes, jobs::JobEnd& end) {
  if (volumes_.empty()) return;
  for (Volume& volume : volumes_) {
    const Outcome& outcome = outcomes[volume.step];
    volume.transfer.state = state_after(outcome);
    volume.transfer.message = outcome.message;
    if (volume.start_time != 0 && volume.end_time == 0) volume.end_time = outcome.end_time;
    // A job that never came to its rows.
    if (volume.row.empty()) continue;
    end.changes.emplace_back(catalog::Replace{kRows, volume.row, row_for(volume)});
  }
  end.fields["kube_copy_progress"] = sum();
}

Json VolumeProgress::row_for(const Volume& volume) const {
  const Step& step = plan_.steps[volume.step];
  Json row = volume::transfer_fields(volume.transfer);
  row["name"] = step.target_name;
  row["namespace"] = step.target_namespace;
  row["job_id"] = run_.id();
  row["op_type"] = "RESTORE";
  if (volume.start_time != 0) row["start_time"] = volume.start_time;
  if (volume.end_time != 0) row["end_time"] = volume.end_time;
  return row;
}

Json VolumeProgress::sum() const {
  std::vector<volume::Transfer> transfers;
  for (const Volume& volume : volumes_) transfers.push_back(volume.transfer);
  return volume::sum_of(transfers);
}

}  // namespace salvor::restore
