#include "kube/testing/fake_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::kube {
namespace {

bool is_entangled(const Json& object) {
  return is_dying(object) || !member(member(object, "metadata"), "ownerReferences").empty();
}

}  // namespace

FakeState::FakeState(Clock& clock, std::vector<FakeKind> kinds)
    : clock_(clock), kinds_(std::move(kinds)) {}

const FakeKind* FakeState::kind(const ResourceType& type) const {
  const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const FakeKind& kind) {
    return kind.type.group == type.group && kind.type.version == type.version &&
           kind.type.resource == type.resource;
  });
  return found == kinds_.end() ? nullptr : &*found;
}

const FakeKind* FakeState::kind_of(const Json& object) const {
  const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const FakeKind& kind) {
    return kind.type.kind == text_at(object, "kind") &&
           kind.type.api_version() == text_at(object, "apiVersion");
  });
  return found == kinds_.end() ? nullptr : &*found;
}

const FakeKind* FakeState::kind(const std::string& group_resource) const {
  const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const FakeKind& kind) {
    return kind.type.group_resource() == group_resource;
  });
  return found == kinds_.end() ? nullptr : &*found;
}

void FakeState::serve(const std::string& group_resource, std::vector<FakeKind> versions) {
  std::erase_if(kinds_,
                [&](const FakeKind& kind) { return kind.type.group_resource() == group_resource; });
  std::move(versions.begin(), versions.end(), std::back_inserter(kinds_));
}

FakeState::ObjectPtr FakeState::find(const std::string& group_resource,
                                     const ObjectKey& key) const {
  const Objects& present = objects(group_resource);
  const auto found = present.find(key);
  return found == present.end() ? nullptr : found->second;
}

const FakeState::Objects& FakeState::objects(const std::string& group_resource) const {
  static const Objects kNone;
  const auto found = objects_.find(group_resource);
  return found == objects_.end() ? kNone : found->second;
}

FakeState::ObjectPtr FakeState::put(const std::string& group_resource, Json object) {
  const ObjectKey key = key_of(object);
  CHECK(!key.name.empty());
  object["metadata"]["resourceVersion"] = std::to_string(++revision_);
  const ObjectPtr before = find(group_resource, key);
  const auto after = std::make_shared<const Json>(std::move(object));
  if (before) forget(group_resource, key);
  remember(group_resource, key, after);
  history_.push_back({revision_, group_resource, key, before, after});
  return after;
}

void FakeState::erase(const std::string& group_resource, const ObjectKey& key) {
  const ObjectPtr before = find(group_resource, key);
  CHECK(before != nullptr);
  Json last = *before;
  last["metadata"]["resourceVersion"] = std::to_string(++revision_);
  forget(group_resource, key);
  history_.push_back(
      {revision_, group_resource, key, std::make_shared<const Json>(std::move(last)), nullptr});
}

void FakeState::remember(const std::string& group_resource, const ObjectKey& key,
                         const ObjectPtr& object) {
  objects_[group_resource][key] = object;
  uids_.insert(uid_of(*object));
  if (is_entangled(*object)) entangled_.insert({group_resource, key});
}

void FakeState::forget(const std::string& group_resource, const ObjectKey& key) {
  const auto found = objects_[group_resource].find(key);
  uids_.erase(uids_.find(uid_of(*found->second)));
  entangled_.erase({group_resource, key});
  objects_[group_resource].erase(found);
}

FakeState::Objects FakeState::objects_at(const std::string& group_resource,
                                         std::uint64_t revision) const {
  CHECK(revision >= oldest_);
  Objects past = objects(group_resource);
  for (auto change = history_.rbegin(); change != history_.rend(); ++change) {
    if (change->revision <= revision) break;
    if (change->group_resource != group_resource) continue;
    past.erase(change->key);
    if (change->before) past[change->key] = change->before;
  }
  return past;
}

void FakeState::forget_history() {
  history_.clear();
  oldest_ = revision_;
}

std::string FakeState::next_uid() {
  const std::string count = std::to_string(++names_made_);
  return "00000000-0000-4000-8000-" +
         std::string(12 - std::min<std::size_t>(12, count.size()), '0') + count;
}

std::string FakeState::next_suffix() {
  static constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix;
  std::uint64_t rest = ++names_made_;
  for (int i = 0; i < 5; ++i, rest /= kLetters.size()) suffix += kLetters[rest % kLetters.size()];
  return suffix;
}

bool is_dying(const Json& object) {
  return member(object, "metadata").contains("deletionTimestamp");
}

std::string uid_of(const Json& object) { return text_at(member(object, "metadata"), "uid"); }

ObjectKey key_of(const Json& object) {
  const Json& metadata = member(object, "metadata");
  return {text_at(metadata, "namespace"), text_at(metadata, "name")};
}

}  // namespace salvor::kube
