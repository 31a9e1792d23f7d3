// How far long work on a repository is: a line that is drawn again and again on a terminal, and
// nothing elsewhere.
#pragma once

#include <string>
#include <thread>

#include "cli/io.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "repo/progress.h"

namespace salvor::cli {

// The line stands while this lives; nothing else may be printed meanwhile. Borrows the session.
class WorkLine {
 public:
  // `doing`: what is shown while no total is known, such as "saving".
  WorkLine(Session& session, std::string doing);
  ~WorkLine();
  WorkLine(const WorkLine&) = delete;
  WorkLine& operator=(const WorkLine&) = delete;

  // Of the work; it writes, the line reads.
  repo::Progress& progress() { return progress_; }

 private:
  const std::string doing_;
  repo::Progress progress_;
  ProgressView view_;
  std::jthread drawer_;  // last: it uses the members above
};

}  // namespace salvor::cli
