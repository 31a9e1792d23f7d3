// The lines of a job's activity that nobody has seen yet.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace salvor::cli {

// Fed with a job's document again and again. The server keeps a limited number of lines: once it is
// full, older ones give way in the middle and the list grows no more.
class ActivityTail {
 public:
  // What is new since the last call, oldest first.
  std::vector<std::string> take(const Json& job);

 private:
  std::size_t seen_ = 0;  // lines in the last document
  std::string last_;      // the last line that was taken
};

}  // namespace salvor::cli
