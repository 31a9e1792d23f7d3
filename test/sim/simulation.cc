#include "sim/simulation.h"

#include <algorithm>

#include "jobs/state.h"
#include "restore/testing/objects.h"

namespace salvor::sim {
namespace {

using restore::testing::Life;

constexpr std::size_t kDeathsMax = 4;

std::string text_of(const kube::FakeRequest& request) {
  return request.group_resource + " " + request.key.namespace_name + "/" + request.key.name;
}

// A stranger is faster: its object is there just before the restore's own would be.
void let_strangers_arrive(kube::FakeCluster& cluster, const std::vector<Json>& strangers,
                          const kube::FakeRequest& request) {
  for (const Json& stranger : strangers) {
    const archive::ItemName name = restore::testing::name_of(stranger);
    if (name.group_resource != request.group_resource || name.name != request.key.name) continue;
    if (cluster.peek(request.group_resource, request.key)) continue;
    Json arrived = stranger;
    arrived["metadata"]["namespace"] = request.key.namespace_name;
    if (cluster.peek("namespaces", {"", request.key.namespace_name})) cluster.seed(arrived);
  }
}

bool is_over(const Json& job) { return !jobs::is_active(text_at(job, "state")); }

}  // namespace

Simulation::Simulation(std::uint64_t seed, Size size)
    : chance_(seed ^ 0x5eed),
      world_(make_world(seed, size)),
      restore_(bench_.add_restore(bench_.add_point(world_.backup), world_.restore)) {}

std::unique_ptr<Stage> Simulation::set_up() {
  auto stage = std::make_unique<Stage>();
  stage->cluster = std::make_unique<kube::FakeCluster>(bench_.clock);
  for (const Json& present : world_.present) stage->cluster->seed(present);
  stage->cluster->settle();
  stage->before = stage->cluster->everything();
  stage->job = bench_.add_job(restore_);
  stage->cluster->on_request(
      [this, at = stage.get()](const kube::FakeRequest& request) -> Result<void> {
        if (request.verb == kube::Verb::create)
          let_strangers_arrive(*at->cluster, world_.arriving, request);
        if (kube::writes(request.verb)) at->written.insert(text_of(request));
        if (request.verb == kube::Verb::remove) at->removals.push_back(text_of(request));
        return {};
      });
  return stage;
}

void Simulation::run(Stage& stage, const std::string& job, Life& life) {
  restore::testing::Bench::Process process;
  process.life = &life;
  process.seed = chance_.below(1'000'000);
  process.in_flight = static_cast<unsigned>(1 + chance_.below(8));
  bench_.run(job, *stage.cluster, process);
  stage.events += life.events();
}

std::unique_ptr<Stage> Simulation::undisturbed() {
  auto stage = set_up();
  Life life;
  run(*stage, stage->job, life);
  return stage;
}

std::unique_ptr<Stage> Simulation::killed_at(std::size_t last) {
  auto stage = set_up();
  Life life(last);
  run(*stage, stage->job, life);
  Life next;
  if (life.is_dead()) run(*stage, stage->job, next);
  return stage;
}

// On objects of the backup, in whichever namespace they go to; none lasts longer than the restore's
// patience.
void Simulation::add_faults(Stage& stage) {
  const std::vector<kube::FaultKind> kinds = {kube::FaultKind::refused,
                                              kube::FaultKind::too_many_requests,
                                              kube::FaultKind::internal_error,
                                              kube::FaultKind::service_unavailable,
                                              kube::FaultKind::dropped_before_write,
                                              kube::FaultKind::dropped_after_write};
  const std::vector<kube::Verb> verbs = {kube::Verb::create, kube::Verb::create,
                                         kube::Verb::get,    kube::Verb::patch,
                                         kube::Verb::list,   kube::Verb::discover};
  for (std::size_t i = chance_.below(15); i > 0; --i) {
    kube::FaultMatch match{.verb = chance_.of(verbs)};
    const archive::ItemName name = restore::testing::name_of(chance_.of(world_.backup));
    if (*match.verb != kube::Verb::discover) match.group_resource = name.group_resource;
    if (*match.verb == kube::Verb::create || *match.verb == kube::Verb::get) match.name = name.name;
    stage.cluster->fault(match, chance_.of(kinds), static_cast<unsigned>(1 + chance_.below(3)));
  }
}

std::unique_ptr<Stage> Simulation::disturbed() {
  auto stage = set_up();
  add_faults(*stage);
  for (std::size_t deaths = chance_.below(kDeathsMax + 1); deaths > 0; --deaths) {
    Life life(chance_.below(120));
    if (!is_over(bench_.job(stage->job))) run(*stage, stage->job, life);
  }
  Life last;
  if (!is_over(bench_.job(stage->job))) run(*stage, stage->job, last);
  return stage;
}

std::unique_ptr<Stage> Simulation::cancelled() {
  auto stage = set_up();
  add_faults(*stage);
  Life life(chance_.below(150));
  run(*stage, stage->job, life);
  if (is_over(bench_.job(stage->job))) return stage;
  bench_.set_job(stage->job, {{"state", jobs::kCancelling}});
  Life last;
  run(*stage, stage->job, last);
  return stage;
}

// Somebody writes into some of what the restore made, or into what it changed.
void Simulation::meddle(Stage& stage) {
  for (const Json& row : bench_.rows(stage.job)) {
    if (row["state"] != "DONE" || !chance_.one_in(6) || row["kind"] == "Namespace") continue;
    const kube::ResourceType type{row["group"],
                                  row["version"],
                                  row["resource"],
                                  row["kind"],
                                  !text_at(row, "namespace").empty(),
                                  {}};
    const kube::ObjectKey key{row["namespace"], row["name"]};
    Context context = bench_.context;
    // A fault may take the answer though the write was done.
    static_cast<void>(stage.cluster->patch(context, type, key, kube::PatchKind::merge,
                                           {{"metadata", {{"labels", {{"made-by", "somebody"}}}}}},
                                           {.field_manager = "kubectl"}));
    stage.meddled.insert(type.group_resource() + " " + key.namespace_name + "/" + key.name);
  }
}

std::string Simulation::undo(Stage& stage, Meddling meddling) {
  stage.cluster->on_request({});
  if (meddling == Meddling::some) meddle(stage);
  const std::string job = bench_.add_undo(stage.job);
  for (std::size_t deaths = chance_.below(kDeathsMax + 1); deaths > 0; --deaths) {
    Life life(chance_.below(120));
    if (!is_over(bench_.job(job))) run(stage, job, life);
  }
  Life last;
  if (!is_over(bench_.job(job))) run(stage, job, last);
  stage.cluster->settle();
  return job;
}

}  // namespace salvor::sim
