#include "volume/internal/mover_objects.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace salvor::volume::internal {
namespace {

constexpr const char* kOrderKey = "order.json";
// The mover's own words for "failed" and "done with problems": another pod would fail, too.
constexpr int kFailed = 1;
constexpr int kWithProblems = 3;
// After pods that were killed or evicted, which the next one goes on for.
constexpr int kPodsMax = 6;

// Reasons of a waiting container that do not pass by themselves.
constexpr std::array<std::string_view, 5> kNeedHelp = {"ErrImagePull", "ImagePullBackOff",
                                                       "InvalidImageName", "ErrImageNeverPull",
                                                       "CreateContainerConfigError"};

std::uint64_t number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

Json metadata_of(const MoverPlace& place, const MoverTask& task) {
  return {
      {"name", task.name},
      {"namespace", place.namespace_name},
      {"labels", {{"app.kubernetes.io/name", "salvor-mover"}, {task.mark.label(), task.mark.id}}}};
}

// What the owner of all files on any volume needs, and nothing else: a mover reads and makes files
// of every owner.
Json security_context() {
  return {{"runAsUser", 0},
          {"runAsGroup", 0},
          {"allowPrivilegeEscalation", false},
          {"readOnlyRootFilesystem", true},
          {"seccompProfile", {{"type", "RuntimeDefault"}}},
          {"capabilities",
           {{"drop", {"ALL"}},
            {"add", {"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP"}}}}};
}

Json container(const MoverPlace& place, const MoverTask& task) {
  return {{"name", "mover"},
          {"image", place.image},
          {"imagePullPolicy", "IfNotPresent"},
          {"args",
           {"mover", "--order", std::string("/order/") + kOrderKey, "--report",
            "/dev/termination-log"}},
          {"terminationMessagePath", "/dev/termination-log"},
          {"resources",
           {{"requests", {{"cpu", "100m"}, {"memory", "128Mi"}}},
            {"limits", {{"memory", place.memory_limit}}}}},
          {"securityContext", security_context()},
          {"volumeMounts",
           {{{"name", "data"},
             {"mountPath", kMoverFolder},
             {"readOnly", task.direction == Direction::save}},
            {{"name", "order"}, {"mountPath", "/order"}, {"readOnly", true}}}}};
}

Json pod_spec(const MoverPlace& place, const MoverTask& task) {
  return {{"restartPolicy", "Never"},
          {"automountServiceAccountToken", false},
          {"terminationGracePeriodSeconds", 10},
          {"containers", Json::array({container(place, task)})},
          {"volumes",
           {{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", task.claim}}}},
            {{"name", "order"}, {"secret", {{"secretName", task.name}, {"defaultMode", 0400}}}}}}};
}

const Json& first_of(const Json& list) {
  static const Json none;
  return list.is_array() && !list.empty() ? list.front() : none;
}

std::string obstacle_of(const Json& status, const Json& waiting) {
  const std::string reason = text_at(waiting, "reason");
  if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing") {
    return reason + ": " + text_at(waiting, "message");
  }
  const Json& conditions = member(status, "conditions");
  if (!conditions.is_array()) return "";
  for (const Json& condition : conditions) {
    const bool is_scheduled = text_at(condition, "type") == "PodScheduled";
    if (is_scheduled && text_at(condition, "status") == "False") {
      return text_at(condition, "message");
    }
  }
  return "";
}

}  // namespace

const kube::ResourceType& job_type() {
  static const kube::ResourceType type{"batch", "v1", "jobs", "Job", true};
  return type;
}

const kube::ResourceType& secret_type() {
  static const kube::ResourceType type{"", "v1", "secrets", "Secret", true};
  return type;
}

const kube::ResourceType& pod_type() {
  static const kube::ResourceType type{"", "v1", "pods", "Pod", true};
  return type;
}

const kube::ResourceType& namespace_type() {
  static const kube::ResourceType type{"", "v1", "namespaces", "Namespace", false};
  return type;
}

Json namespace_object(const MoverPlace& place) {
  // Root with a few capabilities is what the level "baseline" allows at most.
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata",
           {{"name", place.namespace_name},
            {"labels", {{"pod-security.kubernetes.io/enforce", "baseline"}}}}}};
}

Json secret_object(const MoverPlace& place, const MoverTask& task) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata", metadata_of(place, task)},
          {"data", {{kOrderKey, encode_base64(compact(task.order))}}}};
}

Json job_object(const MoverPlace& place, const MoverTask& task) {
  const Json rules = Json::array(
      {{{"action", "FailJob"},
        {"onExitCodes",
         {{"containerName", "mover"}, {"operator", "In"}, {"values", {kFailed, kWithProblems}}}}}});
  return {{"apiVersion", "batch/v1"},
          {"kind", "Job"},
          {"metadata", metadata_of(place, task)},
          {"spec",
           {{"backoffLimit", kPodsMax},
            {"podFailurePolicy", {{"rules", rules}}},
            {"template",
             {{"metadata", {{"labels", metadata_of(place, task)["labels"]}}},
              {"spec", pod_spec(place, task)}}}}}};
}

std::string pods_of(const std::string& job) { return "batch.kubernetes.io/job-name=" + job; }

PodState state_of(const Json& pod) {
  const Json& metadata = member(pod, "metadata");
  const Json& status = member(pod, "status");
  const Json& state = member(first_of(member(status, "containerStatuses")), "state");
  PodState seen;
  seen.name = text_at(metadata, "name");
  seen.created = text_at(metadata, "creationTimestamp");
  const Json& ended = member(state, "terminated");
  const std::string phase = text_at(status, "phase");
  if (ended.is_object() || phase == "Succeeded" || phase == "Failed") {
    seen.phase = PodPhase::ended;
    seen.report = text_at(ended, "message");
    if (seen.report.empty()) {
      seen.obstacle = text_at(ended, "reason") + text_at(status, "reason");
    }
    return seen;
  }
  if (member(state, "running").is_object()) {
    seen.phase = PodPhase::running;
    return seen;
  }
  const Json& waiting = member(state, "waiting");
  seen.obstacle = obstacle_of(status, waiting);
  seen.needs_help =
      std::find(kNeedHelp.begin(), kNeedHelp.end(), text_at(waiting, "reason")) != kNeedHelp.end();
  return seen;
}

Result<MoverReport> read_report(const std::string& text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || !parsed->is_object()) {
    return error(ErrorCode::corrupt, "the mover left no report");
  }
  const Json& said = *parsed;
  MoverReport report;
  report.snapshot = text_at(said, "snapshot");
  report.moved.files = number_at(said, "files");
  report.moved.bytes = number_at(said, "bytes");
  report.moved.transferred_bytes = number_at(said, "transferred_bytes");
  report.problem_count = number_at(said, "problem_count");
  const Json& problems = member(said, "problems");
  if (problems.is_array()) {
    for (const Json& problem : problems) {
      if (problem.is_string()) report.problems.push_back(problem.get<std::string>());
    }
  }
  if (text_at(said, "state") == "done") return report;
  const std::string why = text_at(said, "error");
  return error(ErrorCode::unavailable,
               "the mover failed: " + (why.empty() ? "it does not say why" : why));
}

std::optional<MoverProgress> read_progress(const std::string& log) {
  const std::size_t end = log.find_last_not_of('\n');
  if (end == std::string::npos) return std::nullopt;
  const std::size_t before = log.rfind('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const auto parsed = parse_json(log.substr(begin, end + 1 - begin));
  if (!parsed.ok() || !parsed->is_object()) return std::nullopt;
  return MoverProgress{number_at(*parsed, "files"), number_at(*parsed, "bytes"),
                       number_at(*parsed, "total_files"), number_at(*parsed, "total_bytes"),
                       number_at(*parsed, "transferred_bytes")};
}

}  // namespace salvor::volume::internal
