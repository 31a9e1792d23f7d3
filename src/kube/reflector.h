// A list kept up to date: what is there now, then each change, for as long as somebody cares.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kube/api.h"

namespace salvor::kube {

// Gets all objects of one consistent list, as their JSON texts, which replaces whatever was known
// before. False ends it without an error.
using ListSink = std::function<bool(const std::vector<std::string>& items)>;

// Lists, then watches from the list's version on; lists again whenever that version has become too
// old. Until a sink or the deadline ends it (60 s when there is none); other errors are returned.
// Both sinks are called by the caller's thread.
Result<void> list_then_watch(Context& context, Api& api, const ResourceType& type,
                             const ListOptions& options, const ListSink& listed,
                             const WatchSink& changed);

struct CompleteList {
  std::vector<std::string> items;
  std::string resource_version;
};

// All pages of one list. Starts again, up to three times, when its version is forgotten on the way.
Result<CompleteList> list_all(Context& context, Api& api, const ResourceType& type,
                              const ListOptions& options);

}  // namespace salvor::kube
