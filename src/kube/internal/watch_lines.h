// The body of a watch: one JSON document a line, cut anywhere into the chunks that come.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kube/api.h"

namespace salvor::kube {

// Puts chunks together and gives whole lines back. One thread.
class LineSplitter {
 public:
  void add(std::string_view bytes) { buffer_ += bytes; }
  // The next whole, not empty line, or nothing until more bytes come.
  std::optional<std::string> next();
  // Bytes of a line without its end.
  std::size_t pending_bytes() const { return buffer_.size() - start_; }

 private:
  std::string buffer_;
  std::size_t start_ = 0;  // what is before it has been given out
};

// One line as an event. An ERROR event is the Error that it carries, so an old version is Expired.
// Fails with corrupt for what is no event.
Result<WatchEvent> read_watch_event(std::string_view line);

}  // namespace salvor::kube
