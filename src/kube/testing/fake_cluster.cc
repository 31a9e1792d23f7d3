#include "kube/testing/fake_cluster.h"

#include <nlohmann/json.hpp>

#include "kube/testing/fake_admission.h"
#include "kube/testing/fake_core.h"
#include "kube/testing/fake_deletion.h"
#include "kube/testing/object_patch.h"
#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

constexpr int kRoundsMax = 1000;

Json namespace_object(const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
}

Result<Json> patched(FakeState& state, const FakeKind& kind, const ObjectKey& key,
                     PatchKind patch_kind, const Json& patch, const WriteOptions& options) {
  const std::string group_resource = kind.type.group_resource();
  const FakeState::ObjectPtr before = state.find(group_resource, key);
  if (!before) return not_found(kind.type, key.name);
  TRY(Json after, apply_patch(kind.type, *before, patch_kind, patch));
  TRY(Json admitted, admit_update(state, kind, *before, std::move(after), options));
  if (options.dry_run == DryRun::yes || admitted == *before) return admitted;
  Json stored = *state.put(group_resource, std::move(admitted));
  finish_deletion(state, group_resource, key);
  return stored;
}

Result<Json> created(FakeState& state, const FakeKind& kind, const std::string& namespace_name,
                     const std::string& body, const WriteOptions& options) {
  TRY(Json admitted, admit_create(state, kind, namespace_name, body, options));
  if (options.dry_run == DryRun::yes) return admitted;
  return *state.put(kind.type.group_resource(), std::move(admitted));
}

std::string name_in(const std::string& body) {
  const Result<Json> parsed = parse_json(body);
  return parsed.ok() ? text_at(member(*parsed, "metadata"), "name") : "";
}

}  // namespace

FakeCluster::FakeCluster(Clock& clock, FakeClusterOptions options)
    : core_(std::make_unique<Core>(clock, std::move(options))) {
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    seed(namespace_object(name));
  }
  settle();
}

FakeCluster::~FakeCluster() = default;

Result<ServerVersion> FakeCluster::version(Context& context) {
  return core_->call<ServerVersion>(context, {.verb = Verb::version}, [] {
    return Result<ServerVersion>(ServerVersion{"v1.34.0", "1", "34"});
  });
}

Result<Discovery> FakeCluster::discover(Context& context) {
  return core_->call<Discovery>(context, {.verb = Verb::discover},
                                [&] { return Result<Discovery>(core_->discovery()); });
}

Result<Json> FakeCluster::get(Context& context, const ResourceType& type, const ObjectKey& key) {
  const FakeRequest request{.verb = Verb::get, .group_resource = type.group_resource(), .key = key};
  return core_->call<Json>(context, request, [&]() -> Result<Json> {
    TRY(const FakeKind* kind, core_->served(type));
    const FakeState::ObjectPtr found = core_->state.find(kind->type.group_resource(), key);
    if (!found) return not_found(kind->type, key.name);
    return as_version(*found, kind->type);
  });
}

namespace {

Json answered(Json object, const WriteOptions& options) {
  if (!options.metadata_only) return object;
  return {{"apiVersion", "meta.k8s.io/v1"},
          {"kind", "PartialObjectMetadata"},
          {"metadata", std::move(object["metadata"])}};
}

}  // namespace

Result<Json> FakeCluster::create(Context& context, const ResourceType& type,
                                 const std::string& namespace_name, const std::string& body,
                                 const WriteOptions& options) {
  const FakeRequest request{.verb = Verb::create,
                            .group_resource = type.group_resource(),
                            .key = {type.namespaced ? namespace_name : "", name_in(body)}};
  return core_->call<Json>(context, request, [&]() -> Result<Json> {
    TRY(const FakeKind* kind, core_->served(type));
    const FakeKind served = *kind;
    if (options.warnings != nullptr) *options.warnings = core_->warnings[request.group_resource];
    TRY(Json stored, created(core_->state, served, namespace_name, body, options));
    core_->after_write();
    return answered(as_version(std::move(stored), served.type), options);
  });
}

Result<Json> FakeCluster::patch(Context& context, const ResourceType& type, const ObjectKey& key,
                                PatchKind kind, const Json& patch, const WriteOptions& options) {
  const FakeRequest request{
      .verb = Verb::patch, .group_resource = type.group_resource(), .key = key};
  return core_->call<Json>(context, request, [&]() -> Result<Json> {
    TRY(const FakeKind* found, core_->served(type));
    const FakeKind served = *found;
    TRY(Json stored, patched(core_->state, served, key, kind, patch, options));
    core_->after_write();
    return answered(as_version(std::move(stored), served.type), options);
  });
}

Result<void> FakeCluster::remove(Context& context, const ResourceType& type, const ObjectKey& key,
                                 const RemoveOptions& options) {
  const FakeRequest request{
      .verb = Verb::remove, .group_resource = type.group_resource(), .key = key};
  const auto removed = core_->call<Json>(context, request, [&]() -> Result<Json> {
    TRY(const FakeKind* kind, core_->served(type));
    TRY_VOID(delete_object(core_->state, *kind, key, options));
    core_->after_write();
    return Json();
  });
  if (!removed.ok()) return removed.error();
  return {};
}

bool FakeCluster::step() {
  const std::lock_guard lock(core_->mutex);
  return core_->step();
}

void FakeCluster::settle() {
  for (int round = 0; step(); ++round) CHECK(round < kRoundsMax);
}

Json FakeCluster::seed(Json object) {
  const std::lock_guard lock(core_->mutex);
  const FakeKind* kind = core_->state.kind_of(object);
  CHECK(kind != nullptr);
  const ObjectKey key = key_of(object);
  if (kind->type.namespaced && !core_->state.find("namespaces", {"", key.namespace_name})) {
    core_->seed("namespaces", namespace_object(key.namespace_name));
  }
  Json stored = core_->seed(kind->type.group_resource(), std::move(object));
  core_->notify();
  return stored;
}

std::optional<Json> FakeCluster::peek(const std::string& group_resource,
                                      const ObjectKey& key) const {
  const std::lock_guard lock(core_->mutex);
  const FakeState::ObjectPtr found = core_->state.find(group_resource, key);
  if (!found) return std::nullopt;
  return *found;
}

std::vector<Json> FakeCluster::everything() const {
  const std::lock_guard lock(core_->mutex);
  std::vector<Json> all;
  for (const auto& [group_resource, objects] : core_->state.all()) {
    for (const auto& [key, object] : objects) all.push_back(*object);
  }
  return all;
}

void FakeCluster::fault(FaultMatch match, FaultKind kind, unsigned times) {
  const std::lock_guard lock(core_->mutex);
  core_->faults.add(std::move(match), kind, times);
}

std::vector<std::string> FakeCluster::unfired_faults() const {
  const std::lock_guard lock(core_->mutex);
  return core_->faults.unfired();
}

void FakeCluster::wait_for_stalled(std::size_t count) const { core_->wait_for_stalled(count); }

void FakeCluster::release_stalled() { core_->release_stalled(); }

void FakeCluster::on_request(RequestHook hook) {
  const std::lock_guard lock(core_->mutex);
  core_->hook = std::make_shared<const RequestHook>(std::move(hook));
}

void FakeCluster::warn_of(const std::string& group_resource, std::vector<std::string> warnings) {
  const std::lock_guard lock(core_->mutex);
  core_->warnings[group_resource] = std::move(warnings);
}

void FakeCluster::set_log(const ObjectKey& pod, const std::string& text) {
  const std::lock_guard lock(core_->mutex);
  core_->logs[pod] = text;
}

Result<std::string> FakeCluster::pod_log(Context& context, const ObjectKey& pod, unsigned) {
  return core_->call<std::string>(
      context, {.verb = Verb::get, .group_resource = "pods/log", .key = pod},
      [&]() -> Result<std::string> {
        const auto found = core_->logs.find(pod);
        if (found != core_->logs.end()) return found->second;
        return error(ErrorCode::not_found, "pod " + pod.name + " has written nothing");
      });
}

std::size_t FakeCluster::request_count() const {
  const std::lock_guard lock(core_->mutex);
  return core_->requests;
}

void FakeCluster::forget_history() {
  const std::lock_guard lock(core_->mutex);
  core_->state.forget_history();
}

void FakeCluster::withdraw(const std::string& group_resource) {
  const std::lock_guard lock(core_->mutex);
  core_->state.serve(group_resource, {});
}

void FakeCluster::break_group(const std::string& group) {
  const std::lock_guard lock(core_->mutex);
  core_->broken_groups.push_back(group);
}

}  // namespace salvor::kube
