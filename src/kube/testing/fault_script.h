// Faults by script: which calls of a fake cluster go wrong, how, and how often. A test asks for
// unfired() at its end: a scripted fault that never happened proves nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kube/api.h"

namespace salvor::kube {

enum class Verb { version, discover, list, watch, get, create, patch, remove };
const char* to_string(Verb verb);
// Whether the verb can change the cluster.
bool writes(Verb verb);

// One request as it reaches the cluster.
struct FakeRequest {
  std::size_t number = 0;  // counts from 1, retries included
  Verb verb = Verb::get;
  std::string group_resource = {};  // "" for version and discover
  ObjectKey key = {};               // the name is "" for lists and watches
};

// Which requests a fault meets; what is left open matches all.
struct FaultMatch {
  std::optional<Verb> verb = {};
  std::string group_resource = {};
  std::string namespace_name = {};
  std::string name = {};
};

enum class FaultKind {
  refused,               // nobody listens: nothing was sent, so unavailable
  too_many_requests,     // 429 with Retry-After
  internal_error,        // 500
  service_unavailable,   // 503, without Retry-After
  dropped_before_write,  // the connection breaks, a write did not happen: unknown_outcome
  dropped_after_write,   // the connection breaks, a write did happen: unknown_outcome
  stall,                 // no answer until released or the deadline passes
};
const char* to_string(FaultKind kind);

// Not safe for threads: its cluster locks around it.
class FaultScript {
 public:
  void add(FaultMatch match, FaultKind kind, unsigned times);
  // The fault that this request meets, counted as fired: the oldest that matches and is not used
  // up.
  std::optional<FaultKind> take(const FakeRequest& request);
  // What is left over, one line each: "create deployments.apps shop/web: stall, 2 left".
  std::vector<std::string> unfired() const;

 private:
  struct Entry {
    FaultMatch match;
    FaultKind kind;
    unsigned left;
  };
  std::vector<Entry> entries_;
};

}  // namespace salvor::kube
