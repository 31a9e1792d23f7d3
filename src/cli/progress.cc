#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kRateWindow{10};
constexpr std::size_t kBarColumns = 24;

std::int64_t number_at(const Json& document, std::string_view name) {
  const Json& value = member(document, name);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

VolumeCounts volume_counts(const Json& progress) {
  const Json& stats = member(progress, "stats");
  return {.total = number_at(progress, "total_pvs"),
          .ended = number_at(progress, "completed_pvs") + number_at(progress, "failed_pvs"),
          .active = number_at(progress, "active_pvs"),
          .bytes = number_at(stats, "io_size"),
          .total_bytes = number_at(stats, "estimated_size")};
}

std::string bar_of(double part) {
  const auto full = static_cast<std::size_t>(part * static_cast<double>(kBarColumns));
  return "[" + std::string(full, '#') + std::string(kBarColumns - full, '-') + "]";
}

std::string rate_of(const Progress& progress, double per_second) {
  if (per_second <= 0) return "";
  return progress.unit == Unit::bytes
             ? "  " + byte_size(static_cast<std::int64_t>(per_second)) + "/s"
             : fmt::format("  {:.0f}/s", per_second);
}

std::string part_of(const Progress& progress, std::int64_t done) {
  return progress.unit == Unit::bytes ? byte_size(done) + "/" + byte_size(progress.total)
                                      : grouped(done) + "/" + grouped(progress.total) + " items";
}

// "volumes 2/6, 4 at work, 1.0 GiB/2.0 GiB", or "" without volumes.
std::string volumes_of(const Progress& progress) {
  const VolumeCounts& volumes = progress.volumes;
  if (volumes.total <= 0) return "";
  std::string text = "volumes " + grouped(volumes.ended) + "/" + grouped(volumes.total);
  if (volumes.active > 0) text += ", " + grouped(volumes.active) + " at work";
  if (volumes.total_bytes > 0)
    text += ", " + byte_size(volumes.bytes) + "/" + byte_size(volumes.total_bytes);
  return text;
}

std::string time_left(const Progress& progress, double per_second) {
  const std::int64_t left = progress.total - progress.done;
  if (per_second <= 0 || left <= 0) return "";
  return "  ETA " +
         short_duration(static_cast<std::int64_t>(static_cast<double>(left) / per_second));
}

}  // namespace

Progress progress_of(const Json& job) {
  const bool restores = text_at(job, "type") == "RESTORE";
  return {.state = text_at(job, "state"),
          .done = number_at(job, restores ? "num_restored_resources" : "num_backup_resources"),
          .total = number_at(job, "num_total_resources"),
          .volumes = volume_counts(member(job, "kube_copy_progress"))};
}

void RateMeter::add(SteadyTime at, std::int64_t done) {
  points_.push_back({at, done});
  while (points_.size() > 2 && at - points_.front().at > kRateWindow) points_.pop_front();
}

double RateMeter::per_second() const {
  if (points_.size() < 2) return 0;
  const std::chrono::duration<double> span = points_.back().at - points_.front().at;
  const auto items = static_cast<double>(points_.back().done - points_.front().done);
  return span.count() > 0 && items > 0 ? items / span.count() : 0;
}

std::string progress_line(const Progress& progress, double per_second, std::size_t width) {
  const std::string volumes = volumes_of(progress);
  if (progress.total <= 0) {
    std::string done =
        progress.unit == Unit::bytes ? byte_size(progress.done) : counted(progress.done, "item");
    if (!volumes.empty()) done = volumes;
    return shortened(visible(progress.state) + "  " + done, width);
  }
  const std::int64_t done = std::clamp<std::int64_t>(progress.done, 0, progress.total);
  const double part = static_cast<double>(done) / static_cast<double>(progress.total);
  std::string line =
      fmt::format("{} {:3.0f} %  {}", bar_of(part), part * 100, part_of(progress, done));
  line += rate_of(progress, per_second) + time_left(progress, per_second);
  if (!volumes.empty()) line += "  " + volumes;
  return shortened(line, width);
}

ProgressView::ProgressView(const Io& io, Style style) : io_(io), style_(style) {}

void ProgressView::show(const Progress& progress) {
  rate_.add(io_.clock.steady(), progress.done);
  if (io_.err_audience == Audience::terminal) {
    show_on_terminal(progress);
  } else {
    show_on_pipe(progress);
  }
}

void ProgressView::show_on_terminal(const Progress& progress) {
  const SteadyTime now = io_.clock.steady();
  if (drawn_at_ && now - *drawn_at_ < kRedraw) return;
  drawn_at_ = now;
  // One column stays free: a full line would wrap on some terminals.
  bar_ = progress_line(progress, rate_.per_second(), std::max(io_.width, 20U) - 1);
  io_.err << "\r\033[K" << bar_ << std::flush;
}

void ProgressView::show_on_pipe(const Progress& progress) {
  const std::int64_t tenth = progress.total > 0 ? progress.done * 10 / progress.total : 0;
  const bool is_news = progress.state != last_state_ || tenth > last_tenth_ ||
                       progress.volumes.ended > last_volumes_;
  if (!is_news) return;
  last_state_ = progress.state;
  last_tenth_ = tenth;
  last_volumes_ = progress.volumes.ended;
  io_.err << visible(progress.state);
  if (progress.total > 0) {
    io_.err << "  " << grouped(progress.done) << "/" << grouped(progress.total) << " items";
  }
  if (rate_.per_second() > 0) io_.err << fmt::format("  {:.0f}/s", rate_.per_second());
  const std::string volumes = volumes_of(progress);
  if (!volumes.empty()) io_.err << "  " << volumes;
  io_.err << std::endl;
}

void ProgressView::note(const std::string& line) {
  const std::string bar = bar_;
  erase();
  io_.err << style_.paint(visible(line), Tone::faint) << "\n";
  if (!bar.empty()) {
    io_.err << bar;
    bar_ = bar;
  }
  io_.err << std::flush;
}

void ProgressView::finish() { erase(); }

void ProgressView::erase() {
  if (bar_.empty()) return;
  io_.err << "\r\033[K" << std::flush;
  bar_.clear();
}

}  // namespace salvor::cli
