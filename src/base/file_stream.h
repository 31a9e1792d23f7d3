// Small files that go from one part to another one by one, each whole, and nowhere to disk. Paths
// are relative, with '/' between their parts.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor {

// Gets one file. An error ends the stream and comes back.
using FileSink = std::function<Result<void>(const std::string& path, std::string_view content)>;

// Gives all its files to the sink, in any order.
using FileSource = std::function<Result<void>(const FileSink& sink)>;

// Whoever reads files: told of each, it says whether it wants the content, and gets that later,
// perhaps in another order.
struct FileTaker {
  std::function<Result<bool>(const std::string& path)> wants;
  FileSink take;
};

}  // namespace salvor
