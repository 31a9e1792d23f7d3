// What a folder holds, counted beside a backup of it, so that people see how much is left.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/context.h"
#include "base/result.h"
#include "repo/progress.h"

namespace salvor::repo {

// Sets the totals once all is counted: files, and their bytes, of one file system. What cannot be
// looked at does not count. Fails when it is stopped, or the folder cannot be opened.
Result<void> scan_folder(Context& context, const std::string& path, Progress& progress);

// The same in a thread of its own, which is stopped with this. Borrows context and progress.
class FolderScan {
 public:
  FolderScan(Context& context, const std::string& path, Progress& progress);

 private:
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_;
  std::jthread thread_;  // last: it uses the members above
};

}  // namespace salvor::repo
