// How far a job is, for a person who waits: one line that is drawn again and again on a terminal,
// or a line now and then elsewhere.
#pragma once

#include <deque>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "cli/io.h"
#include "cli/style.h"

namespace salvor::cli {

enum class Unit { items, bytes };

// How far movers are with the volumes of a job.
struct VolumeCounts {
  std::int64_t total = 0;  // 0: the job moves none
  std::int64_t ended = 0;
  std::int64_t active = 0;
  std::int64_t bytes = 0;
  std::int64_t total_bytes = 0;
};

// How far something is, such as what a job's document says of it.
struct Progress {
  std::string state;  // "RUNNING"
  std::int64_t done = 0;
  std::int64_t total = 0;  // 0: not known yet
  Unit unit = Unit::items;
  VolumeCounts volumes = {};
};
Progress progress_of(const Json& job);

// Items a second over the last ten seconds, so that a change of pace shows soon but does not jump.
class RateMeter {
 public:
  void add(SteadyTime at, std::int64_t done);
  // 0 until there are two different times.
  double per_second() const;

 private:
  struct Point {
    SteadyTime at;
    std::int64_t done;
  };
  std::deque<Point> points_;
};

// "[####------]  41 %  4,100/10,000 items  820/s  ETA 7s", or the same of bytes, and what is said
// of volumes; at most `width` columns.
std::string progress_line(const Progress& progress, double per_second, std::size_t width);

// Writes to one stream. On a terminal the line is redrawn at most five times a second; a pipe gets
// a line when the state changes, after each further tenth of the work and after each volume. Used
// by one thread.
class ProgressView {
 public:
  ProgressView(const Io& io, Style style);

  void show(const Progress& progress);
  // A whole line of its own, such as an activity; the bar stays below it.
  void note(const std::string& line);
  // Removes the bar.
  void finish();

 private:
  void show_on_terminal(const Progress& progress);
  void show_on_pipe(const Progress& progress);
  void erase();

  const Io& io_;
  Style style_;
  RateMeter rate_;
  std::optional<SteadyTime> drawn_at_;
  std::string bar_;  // what stands on the terminal's last line
  std::string last_state_;
  std::int64_t last_tenth_ = -1;
  std::int64_t last_volumes_ = 0;
};

}  // namespace salvor::cli
