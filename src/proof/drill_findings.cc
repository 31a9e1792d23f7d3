#include "proof/drill_findings.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace salvor::proof {
namespace {

constexpr const char* kClaim = "PersistentVolumeClaim";
constexpr std::size_t kFieldsShown = 5;
// A restore asks for as much as the data needs, which may be more than was asked for.
constexpr const char* kClaimSize = "/spec/resources/requests/storage";

// What a reason code of a restore means for the recovery point. Codes that are not here and end an
// item as FAILED or PARTIAL mean not_restored.
struct CodeRow {
  const char* code;
  std::optional<Reason> reason;  // none: nothing was found out
};
constexpr auto kCodes = std::to_array<CodeRow>({
    {"UNREACHABLE", std::nullopt},
    {"UNKNOWN_OUTCOME", std::nullopt},
    {"CANCELLED", std::nullopt},
    {"JOURNAL_FAILED", std::nullopt},
    {"UNSUPPORTED_VERSION", Reason::not_drilled},
    {"STORAGE_CLASS_MISSING", Reason::not_drilled},
    {"DAMAGED_ITEM", Reason::object_damaged},
    {"SNAPSHOT_UNUSABLE", Reason::snapshot_unusable},
    {"VOLUME_NOT_FILLED", Reason::volume_not_filled},
    {"VOLUME_NOT_WHOLE", Reason::volume_damaged},
    {"VOLUME_EMPTY", Reason::volume_empty},
});

std::string place_of(const Json& row) {
  const std::string space = text_at(row, "source_namespace");
  return (space.empty() ? "" : space + "/") + text_at(row, "source_name");
}

std::string object_of(const Json& row) { return text_at(row, "kind") + " " + place_of(row); }

bool is_bad(const std::string& state) { return state == "FAILED" || state == "PARTIAL"; }

bool mentions(const Json& row, const char* text) {
  return text_at(row, "message").find(text) != std::string::npos;
}

// What the API server says of a pod whose class is only made by a restore of the whole.
bool lacks_priority_class(const Json& row) { return mentions(row, "no PriorityClass with name"); }

bool is_refused_by_sandbox(const Json& row) {
  return text_at(row, "resource") == "pods" && mentions(row, "violates PodSecurity");
}

// The fields of the backup that the object lacks or has otherwise. What it has more is no loss: API
// servers add defaults, and controllers and webhooks what is theirs. Paths alone: values may be
// secret.
std::vector<std::string> lost_fields(const Json& diff) {
  std::vector<std::string> fields;
  for (const Json& change : diff) {
    const std::string path = text_at(change, "path");
    if (change.contains("after") && path != kClaimSize) fields.push_back(path);
  }
  return fields;
}

std::string in_words(const std::vector<std::string>& fields) {
  std::string text;
  for (std::size_t i = 0; i < std::min(fields.size(), kFieldsShown); ++i)
    text += (i == 0 ? "" : ", ") + fields[i];
  return text + (fields.size() > kFieldsShown ? ", …" : "");
}

}  // namespace

void DrillFindings::add_restored(const Json& row) {
  const std::string object = object_of(row);
  const std::string kind = text_at(row, "kind");
  namespaces_.insert(kind == "Namespace" ? text_at(row, "source_name")
                                         : text_at(row, "source_namespace"));
  if (kind == kClaim) claims_.insert(place_of(row));
  const std::string state = text_at(row, "state");
  if (state == "DONE" || state == "KEPT") {
    ++objects_;
    restored_.insert(object);
  } else if (is_bad(state)) {
    judge(object, row);
  }
}

void DrillFindings::judge(const std::string& object, const Json& row) {
  if (text_at(row, "state") == "PARTIAL") restored_.insert(object);
  const std::string code = text_at(row, "reason");
  const std::string said = text_at(row, "message");
  const std::string message = code + (said.empty() ? "" : ": " + said);
  if (is_refused_by_sandbox(row)) {
    refused_[object] = said;
    return;
  }
  const auto* const found = std::find_if(kCodes.begin(), kCodes.end(),
                                         [&](const CodeRow& known) { return code == known.code; });
  if (found != kCodes.end() && !found->reason) {
    if (undecided_.empty()) undecided_ = object + ": " + message;
    return;
  }
  Reason reason = found == kCodes.end() ? Reason::not_restored : *found->reason;
  if (lacks_priority_class(row)) reason = Reason::not_drilled;
  problems_.push_back({reason, object, message});
}

void DrillFindings::add_planned(const Json& row) {
  const std::string object = object_of(row);
  if (!restored_.contains(object)) return;
  const std::string reason = text_at(row, "reason");
  const std::string state = text_at(row, "state");
  if (state == "KEPT" || state == "SKIPPED") return;
  const Json& diff = member(row, "diff");
  const bool is_there = reason == "REPLACED" || reason == "RECREATED" || reason == "MERGED" ||
                        reason == "IMMUTABLE" || reason == "PROTECTED";
  if (!is_there) {
    problems_.push_back({Reason::object_gone, object, "it was restored and is not there any more"});
    return;
  }
  const std::vector<std::string> lost = lost_fields(diff);
  if (lost.empty() && !diff.empty()) return;
  const std::string what = lost.empty() ? text_at(row, "message") : in_words(lost);
  problems_.push_back({Reason::object_differs, object, "not as archived: " + what});
}

std::vector<Problem> DrillFindings::problems(const Listed& listed) const {
  std::vector<Problem> all = problems_;
  for (const std::string& name : listed.namespaces) {
    if (namespaces_.contains(name)) continue;
    all.push_back(
        {Reason::object_not_archived, "namespace " + name, "the archive does not have it"});
  }
  for (const auto& [name, facts] : listed.claims) {
    if (claims_.contains(name)) continue;
    all.push_back({Reason::object_not_archived, "claim " + name, "the archive does not have it"});
  }
  for (const std::string& name : claims_) {
    if (listed.claims.contains(name) || !restored_.contains(kClaim + (" " + name))) continue;
    all.push_back({Reason::claim_unknown, "claim " + name,
                   "it came back without data, as the recovery point does not list it"});
  }
  return all;
}

Listed restricted_to(const Listed& listed, const SandboxMap& sandboxes) {
  Listed some = listed;
  std::erase_if(some.namespaces, [&](const auto& name) { return !sandboxes.contains(name); });
  std::erase_if(some.claims, [&](const auto& claim) {
    return !sandboxes.contains(claim.first.substr(0, claim.first.find('/')));
  });
  return some;
}

}  // namespace salvor::proof
