// One call of Api::watch over HTTP: streams one after the other, each going on where the last one
// ended, because API servers end watches after a while and connections break.
#pragma once

#include <string>

#include "kube/api.h"
#include "kube/internal/connection.h"

namespace salvor::kube {

// One call's state. One thread.
class WatchSession {
 public:
  // Borrows all for its lifetime.
  WatchSession(Connection& connection, const ResourceType& type, const ListOptions& options,
               const WatchSink& sink);

  // As Api::watch. The sink is called by this thread. Requires: the context has a deadline.
  Result<void> run(Context& context);

 private:
  enum class Ending { closed, sink };

  Result<Ending> stream_once(Context& context);
  Result<Ending> deliver(std::string_view line);
  Call call(const Context& context) const;

  Connection& connection_;
  const ResourceType& type_;
  const ListOptions& options_;
  const WatchSink& sink_;
  std::string version_;        // of the last event
  bool has_progress_ = false;  // whether the current stream delivered anything
};

}  // namespace salvor::kube
