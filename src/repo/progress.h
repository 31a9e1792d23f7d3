// How far long work is: written by its threads, read by whoever shows it.
#pragma once

#include <atomic>
#include <cstdint>

namespace salvor::repo {

struct Progress {
  std::atomic<std::uint64_t> files = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<std::uint64_t> total_files = 0;  // 0: not known, or not yet
  std::atomic<std::uint64_t> total_bytes = 0;
};

}  // namespace salvor::repo
