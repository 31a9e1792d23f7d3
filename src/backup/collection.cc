#include "backup/collection.h"

#include <nlohmann/json.hpp>

#include "kube/status.h"

namespace salvor::backup {
namespace {

constexpr const char* kUnauthorized = "401";

// Whether there is no use in asking the cluster for anything else. An answer, even a bad one, is
// about one type: a broken webhook or aggregated API fails its own lists with 500 or 503.
bool ends_backup(const Error& failure) {
  const std::string status = failure.fact(kube::kFactHttpStatus);
  switch (failure.code) {
    case ErrorCode::cancelled:
    case ErrorCode::exhausted:
    case ErrorCode::bug:
      return true;
    case ErrorCode::unavailable:
    case ErrorCode::unknown_outcome:
      return status.empty();
    case ErrorCode::denied:
      return status.empty() || status == kUnauthorized;
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::invalid:
    case ErrorCode::corrupt:
      return false;
  }
  return true;
}

}  // namespace

void Collection::begin(const kube::ResourceType& type) {
  if (type_ == &type) return;
  type_ = &type;
  group_resource_ = type.group_resource();
  names_.clear();
}

bool Collection::is_new(const archive::ObjectHead& head) {
  if (!type_->namespaced) return cluster_scoped_.emplace(group_resource_, head.name).second;
  return names_.insert(head.namespace_name + "/" + head.name).second;
}

Result<void> Collection::add(Context& context, const std::string& json, const Wants& wants) {
  CHECK(type_ != nullptr);
  const Result<archive::ObjectHead> head = archive::read_head(json);
  if (!head.ok()) {
    ++refused_;
    return absorb("reading " + group_resource_, head.error());
  }
  if (!wants(*head) || !is_new(*head)) return {};
  const archive::ItemName item{group_resource_, type_->version, head->namespace_name, head->name};
  const Result<void> added = writer_.add(context, item, type_->kind, json);
  if (!added.ok() && added.error().code == ErrorCode::invalid) {
    ++refused_;
    return absorb("saving " + group_resource_, added.error());
  }
  if (!added.ok()) return added;
  note_facts(*head, json);
  return {};
}

Result<void> Collection::add_version(Context& context, const std::string& json,
                                     const Wants& wants) {
  CHECK(type_ != nullptr);
  const Result<archive::ObjectHead> head = archive::read_head(json);
  if (!head.ok() || !wants(*head)) return {};
  if (!names_.insert(head->namespace_name + "/" + head->name).second) return {};
  const archive::ItemName item{group_resource_, type_->version, head->namespace_name, head->name};
  const Result<void> added = writer_.add_version(context, item, json);
  const bool is_at_fault = !added.ok() && added.error().code == ErrorCode::invalid;
  return is_at_fault ? Result<void>() : added;
}

void Collection::note_facts(const archive::ObjectHead& head, const std::string& json) {
  ++items_;
  ++counts_[group_resource_];
  if (!head.namespace_name.empty()) namespaces_.insert(head.namespace_name);
  if (group_resource_ == "serviceaccounts") accounts_.insert({head.namespace_name, head.name});
  if (group_resource_ == "services") services_.insert({head.namespace_name, head.name});
  const bool is_followed = follow_ == Follow::yes && can_need(group_resource_);
  if (!is_followed && !Inventory::wants(group_resource_)) return;
  const Result<Json> object = parse_json(json);
  if (!object.ok()) {
    note(group_resource_ + " " + head.namespace_name + "/" + head.name +
         ": what it needs is unknown: " + object.error().message);
    return;
  }
  if (is_followed) add_needs(group_resource_, *object, needs_);
  if (Inventory::wants(group_resource_)) inventory_.add(group_resource_, *object);
}

Result<void> Collection::absorb(const std::string& subject, const Error& failure) {
  Error told = Error(failure).within(subject);
  if (ends_backup(failure)) return told;
  problems_.push_back(told.describe());
  note(problems_.back());
  return {};
}

}  // namespace salvor::backup
