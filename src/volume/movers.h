// Data movers: pods of our own that mount a claim and move its data to or from a repository. One is
// a Job with a Secret that holds its order; both are found again by name, so that a server that
// died goes on waiting for the same mover.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "volume/marks.h"

namespace salvor::volume {

// Where and how movers run in a cluster.
struct MoverPlace {
  std::string image = {};  // of a program with the face `salvor mover`; "": there are no movers
  std::string namespace_name = "salvor-movers";  // made if missing
  std::string memory_limit = "512Mi";
  Duration ready_within{std::chrono::minutes(10)};  // from the Job to a running container
  // The same for a pod that cannot help itself; a registry may be away for a moment.
  Duration hopeless_within{std::chrono::seconds(60)};
};

enum class Direction { save, restore };

struct MoverTask {
  std::string name;  // of its objects, a DNS label
  Mark mark;
  Direction direction = Direction::save;
  std::string claim;  // in the movers' namespace; at /data
  Json order;         // docs/mover.md; holds secrets
};

struct MoverProgress {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t total_files = 0;  // 0: not known yet
  std::uint64_t total_bytes = 0;
  std::uint64_t transferred_bytes = 0;
};
// Its error ends the waiting, not the mover.
using OnMoverProgress = std::function<Result<void>(const MoverProgress&)>;

// What a mover says at its end.
struct MoverReport {
  std::string snapshot = {};  // of the repository
  MoverProgress moved = {};
  std::uint64_t problem_count = 0;         // files that could not be moved whole
  std::vector<std::string> problems = {};  // the first of them
};

// Where the claim is mounted.
inline constexpr const char* kMoverFolder = "/data";

// Runs a mover to its end, or goes on waiting for the one that runs. Fails with unavailable when it
// cannot start or did not finish, saying why. Its objects stay, for remove_movers().
Result<MoverReport> run_mover(Context& context, kube::Api& api, const MoverPlace& place,
                              const MoverTask& task, const OnMoverProgress& progress);

// The movers' namespace, for whatever of ours is to stand there.
Result<void> ensure_own_namespace(Context& context, kube::Api& api, const MoverPlace& place);
// The same. Fails with invalid when the place has no image.
Result<void> ensure_mover_namespace(Context& context, kube::Api& api, const MoverPlace& place);

// Removes one mover's Job and Secret.
Result<void> remove_mover(Context& context, kube::Api& api, const MoverPlace& place,
                          const std::string& name);

// Removes the Jobs, Secrets and claims in the movers' namespace that carry the mark.
Result<void> remove_movers(Context& context, kube::Api& api, const MoverPlace& place,
                           const Mark& mark);

}  // namespace salvor::volume
