// The objects of a mover, and what its pods say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "volume/movers.h"

namespace salvor::volume::internal {

const kube::ResourceType& job_type();
const kube::ResourceType& secret_type();
const kube::ResourceType& pod_type();
const kube::ResourceType& namespace_type();

Json namespace_object(const MoverPlace& place);
Json secret_object(const MoverPlace& place, const MoverTask& task);
Json job_object(const MoverPlace& place, const MoverTask& task);
// Selects the pods of a Job.
std::string pods_of(const std::string& job);

enum class PodPhase {
  waiting,  // not running yet
  running,
  ended,
};

// What is seen of a mover's pod.
struct PodState {
  PodPhase phase = PodPhase::waiting;
  std::string name = {};
  std::string obstacle = {};  // why it does not run, when something is in its way
  bool needs_help = false;    // the obstacle does not go away by itself
  std::string report = {};    // what it wrote at its end; may be empty
  std::string created = {};   // RFC 3339
};
PodState state_of(const Json& pod);

// A mover's last words. Fails with corrupt when they are none of a mover, with unavailable when
// they say that it failed.
Result<MoverReport> read_report(const std::string& text);
// The last line of its output; nothing when it has not said anything yet.
std::optional<MoverProgress> read_progress(const std::string& log);

}  // namespace salvor::volume::internal
