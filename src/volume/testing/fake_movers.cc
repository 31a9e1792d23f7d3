#include "volume/testing/fake_movers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "volume/handed_volume.h"
#include "volume/internal/mover_objects.h"
#include "volume/marked_objects.h"

namespace salvor::volume::testing {
namespace {

Json done_report(const Json& order) {
  return {{"state", "done"},
          {"snapshot", order["operation"] == "save" ? std::string(64, 'a') : ""},
          {"files", 3},
          {"bytes", 1000},
          {"transferred_bytes", 900},
          {"problem_count", 0},
          {"problems", Json::array()}};
}

std::string uid_of(const Json& object) { return text_at(member(object, "metadata"), "uid"); }

}  // namespace

FakeMovers::FakeMovers(kube::FakeCluster& cluster, FakeSnapshotter& snapshotter)
    : report(done_report), cluster_(cluster), snapshotter_(snapshotter) {
  cluster.on_request(before({}));
}

kube::RequestHook FakeMovers::before(kube::RequestHook hook) {
  return [this, inner = snapshotter_.before(std::move(hook))](
             const kube::FakeRequest& request) -> Result<void> {
    if (!is_reacting_) do_round();
    return inner(request);
  };
}

std::vector<Json> FakeMovers::all(const std::string& kind) const {
  std::vector<Json> found;
  for (Json& object : cluster_.everything()) {
    if (object["kind"] == kind) found.push_back(std::move(object));
  }
  return found;
}

void FakeMovers::do_round() {
  is_reacting_ = true;
  for (const Json& claim : all("PersistentVolumeClaim")) see_to_claim(claim);
  for (const Json& job : all("Job")) see_to_job(job);
  is_reacting_ = false;
}

// As the controller of the finalizer pvc-protection: pods that have ended count, too.
void FakeMovers::let_go(const Json& claim) {
  const kube::ObjectKey key = key_of(claim);
  if (cluster_.peek("pods", {key.namespace_name, key.name + "-pod"})) return;
  Context context{system_clock(), null_log(), {}, {}};
  const Json patch = {{"metadata", {{"finalizers", nullptr}}}};
  const auto patched =
      cluster_.patch(context, claim_type(), key, kube::PatchKind::merge, patch, {});
  EXPECT_TRUE(patched.ok()) << patched.error().describe();
}

void FakeMovers::see_to_claim(const Json& claim) {
  if (!text_at(member(claim, "metadata"), "deletionTimestamp").empty()) return let_go(claim);
  const Json& spec = member(claim, "spec");
  if (!text_at(spec, "volumeName").empty() || member(spec, "dataSource").is_object()) return;
  const kube::ObjectKey key = key_of(claim);
  if (snapshotter_.unbound.contains(key.name)) return;
  const std::string volume = "pvc-" + uid_of(claim);
  cluster_.seed(
      {{"apiVersion", "v1"},
       {"kind", "PersistentVolume"},
       {"metadata",
        {{"name", volume}, {"annotations", {{"pv.kubernetes.io/provisioned-by", kDriver}}}}},
       {"spec",
        {{"persistentVolumeReclaimPolicy", "Delete"},
         {"claimRef",
          {{"namespace", key.namespace_name}, {"name", key.name}, {"uid", uid_of(claim)}}}}},
       {"status", {{"phase", "Bound"}}}});
  Json bound = claim;
  bound["metadata"]["finalizers"] = {"kubernetes.io/pvc-protection"};
  bound["spec"]["volumeName"] = volume;
  bound["status"] = {{"phase", "Bound"}};
  cluster_.seed(bound);
}

void FakeMovers::see_to_job(const Json& job) {
  const kube::ObjectKey key = key_of(job);
  const Json& labels = member(member(job, "metadata"), "labels");
  if (!labels.contains(kJobLabel) && !labels.contains(kCopyLabel)) return;  // somebody's own
  const std::string name = key.name + "-pod";
  Json pod = {{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata",
               {{"name", name},
                {"namespace", key.namespace_name},
                {"labels", {{"batch.kubernetes.io/job-name", key.name}}},
                {"ownerReferences",
                 {{{"apiVersion", "batch/v1"},
                   {"kind", "Job"},
                   {"name", key.name},
                   {"uid", uid_of(job)}}}}}}};
  const auto state = [&](const Json& seen) {
    pod["status"] = {{"containerStatuses", Json::array({{{"state", seen}}})}};
  };
  if (!obstacle.empty() && key.name.ends_with(obstacle_at)) {
    state({{"waiting", {{"reason", obstacle}, {"message", "no such image"}}}});
    cluster_.seed(pod);
    return;
  }
  const unsigned round = rounds_[uid_of(job)]++;
  if (round > rounds_until_done) return;
  if (round == rounds_until_done) return end(job, pod);
  state({{"running", {{"startedAt", "2026-01-01T00:00:00Z"}}}});
  cluster_.seed(pod);
  cluster_.set_log({key.namespace_name, name},
                   R"({"files":1,"bytes":500,"total_files":3,"total_bytes":1000,)"
                   R"("transferred_bytes":400})"
                   "\n");
}

void FakeMovers::end(const Json& job, Json pod) {
  const kube::ObjectKey key = key_of(job);
  const auto secret = cluster_.peek("secrets", key);
  ASSERT_TRUE(secret) << "a mover without its order";
  const Json order = Json::parse(*decode_base64(text_at(member(*secret, "data"), "order.json")));
  const Json said = report(order);
  const bool is_done = said["state"] == "done" && said["problem_count"] == 0;
  pod["status"] = {
      {"containerStatuses",
       Json::array(
           {{{"state",
              {{"terminated", {{"exitCode", is_done ? 0 : 1}, {"message", compact(said)}}}}}}})}};
  cluster_.seed(pod);
  Json ended = job;
  ended["status"] = {{"conditions", Json::array({{{"type", is_done ? "Complete" : "Failed"},
                                                  {"status", "True"}}})}};
  cluster_.seed(ended);
  done.push_back(order);
}

}  // namespace salvor::volume::testing
