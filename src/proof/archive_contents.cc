#include "proof/archive_contents.h"

#include <nlohmann/json.hpp>

namespace salvor::proof {
namespace {

constexpr std::string_view kNamespaces = "namespaces";
constexpr std::string_view kClaims = "persistentvolumeclaims";
constexpr std::string_view kDefinitions = "customresourcedefinitions.apiextensions.k8s.io";
constexpr std::string_view kApiServices = "apiservices.apiregistration.k8s.io";
constexpr const char* kOldClassAnnotation = "volume.beta.kubernetes.io/storage-class";
constexpr std::size_t kDamagedMax = 1000;

// "example.com" of "widgets.example.com", "" of the core group.
std::string group_of(const std::string& group_resource) {
  const std::size_t dot = group_resource.find('.');
  return dot == std::string::npos ? "" : group_resource.substr(dot + 1);
}

// Groups of Kubernetes's own have no dot or end so; definitions of such groups are not looked for.
bool is_custom(const std::string& group) {
  return group.find('.') != std::string::npos && !group.ends_with(".k8s.io");
}

std::string text_of(const archive::ItemName& item) {
  const std::string space = item.namespace_name.empty() ? "" : item.namespace_name + "/";
  return item.group_resource + " " + space + item.name;
}

// What is wrong with an object under that name, "" when nothing is.
std::string wrong_with(const archive::ItemName& item, const Result<Json>& object) {
  if (!object.ok()) return "it is no whole JSON: " + object.error().message;
  const Json& metadata = member(*object, "metadata");
  const bool is_named_so = text_at(metadata, "name") == item.name &&
                           text_at(metadata, "namespace") == item.namespace_name;
  if (!is_named_so) return "it has another name than its file";
  const bool has_type =
      !text_at(*object, "apiVersion").empty() && !text_at(*object, "kind").empty();
  return has_type ? "" : "it does not say its kind";
}

std::string in_words(const ClaimFacts& claim) {
  return "class '" + claim.storage_class + "' and volume '" + claim.volume + "'";
}

}  // namespace

void ArchiveContents::add(const archive::ItemName& item, std::string_view json) {
  const Result<Json> object = parse_json(json);
  const std::string wrong = wrong_with(item, object);
  if (!wrong.empty()) {
    if (damaged_.size() < kDamagedMax)
      damaged_.push_back({Reason::object_damaged, text_of(item), wrong});
  }
  const std::string group = group_of(item.group_resource);
  if (is_custom(group)) custom_types_.insert(item.group_resource);
  if (item.group_resource == kNamespaces) namespaces_.insert(item.name);
  if (item.group_resource == kDefinitions) definitions_.insert(item.name);
  if (!object.ok()) return;
  if (item.group_resource == kClaims) add_claim(item.namespace_name + "/" + item.name, *object);
  const Json& spec = member(*object, "spec");
  if (item.group_resource == kApiServices && member(spec, "service").is_object())
    aggregated_groups_.insert(text_at(spec, "group"));
}

void ArchiveContents::add_claim(const std::string& name, const Json& claim) {
  const Json& spec = member(claim, "spec");
  std::string storage_class = text_at(spec, "storageClassName");
  if (storage_class.empty())
    storage_class = text_at(member(member(claim, "metadata"), "annotations"), kOldClassAnnotation);
  claims_[name] = {std::move(storage_class), text_at(spec, "volumeName")};
}

std::vector<Problem> ArchiveContents::problems(const Listed& listed) const {
  std::vector<Problem> problems = damaged_;
  for (const std::string& name : listed.namespaces) {
    if (namespaces_.contains(name)) continue;
    problems.push_back({Reason::object_not_archived, "namespace " + name,
                        "it is listed, and the archive has not got it"});
  }
  compare_claims(listed, problems);
  look_for_definitions(listed, problems);
  return problems;
}

void ArchiveContents::compare_claims(const Listed& listed, std::vector<Problem>& problems) const {
  for (const auto& [name, facts] : listed.claims) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) {
      problems.push_back({Reason::object_not_archived, "claim " + name,
                          "it is listed, and the archive has not got it"});
    } else if (found->second != facts) {
      problems.push_back({Reason::claim_differs, "claim " + name,
                          "it is listed with " + in_words(facts) + ", and in the archive it has " +
                              in_words(found->second)});
    }
  }
  for (const auto& [name, facts] : claims_) {
    if (listed.claims.contains(name)) continue;
    problems.push_back(
        {Reason::claim_unknown, "claim " + name, "it is in the archive, and not listed"});
  }
}

// A type that another API server serves has none. Which groups are such is known of a whole
// cluster; else a group is known by the definitions of its other types.
void ArchiveContents::look_for_definitions(const Listed& listed,
                                           std::vector<Problem>& problems) const {
  std::set<std::string> defined_groups;
  for (const std::string& definition : definitions_) defined_groups.insert(group_of(definition));
  for (const std::string& type : custom_types_) {
    const std::string group = group_of(type);
    const bool needs_one = !aggregated_groups_.contains(group) &&
                           (listed.is_whole_cluster || defined_groups.contains(group));
    if (!needs_one || definitions_.contains(type)) continue;
    problems.push_back({Reason::definition_not_archived, "type " + type,
                        "the archive has objects of it, and not its definition"});
  }
}

}  // namespace salvor::proof
