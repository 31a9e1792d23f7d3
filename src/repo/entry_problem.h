// An entry of a folder that could not be saved or restored, or not whole, and why.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace salvor::repo {

struct EntryProblem {
  std::string path;  // below the folder
  Error failure;
};

// So many are kept; the rest are counted.
inline constexpr std::size_t kEntryProblemsMax = 1000;

}  // namespace salvor::repo
