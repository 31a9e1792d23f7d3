#include "kube/testing/fault_script.h"

#include <algorithm>

namespace salvor::kube {
namespace {

bool fits(const std::string& wanted, const std::string& found) {
  return wanted.empty() || wanted == found;
}

bool matches(const FaultMatch& match, const FakeRequest& request) {
  return (!match.verb || *match.verb == request.verb) &&
         fits(match.group_resource, request.group_resource) &&
         fits(match.namespace_name, request.key.namespace_name) &&
         fits(match.name, request.key.name);
}

std::string any_if_empty(const std::string& text) { return text.empty() ? "*" : text; }

}  // namespace

const char* to_string(Verb verb) {
  switch (verb) {
    case Verb::version:
      return "version";
    case Verb::discover:
      return "discover";
    case Verb::list:
      return "list";
    case Verb::watch:
      return "watch";
    case Verb::get:
      return "get";
    case Verb::create:
      return "create";
    case Verb::patch:
      return "patch";
    case Verb::remove:
      return "remove";
  }
  return "";
}

bool writes(Verb verb) {
  return verb == Verb::create || verb == Verb::patch || verb == Verb::remove;
}

const char* to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::refused:
      return "refused";
    case FaultKind::too_many_requests:
      return "too many requests";
    case FaultKind::internal_error:
      return "internal error";
    case FaultKind::service_unavailable:
      return "service unavailable";
    case FaultKind::dropped_before_write:
      return "dropped before write";
    case FaultKind::dropped_after_write:
      return "dropped after write";
    case FaultKind::stall:
      return "stall";
  }
  return "";
}

void FaultScript::add(FaultMatch match, FaultKind kind, unsigned times) {
  entries_.push_back({std::move(match), kind, times});
}

std::optional<FaultKind> FaultScript::take(const FakeRequest& request) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.left > 0 && matches(entry.match, request);
  });
  if (found == entries_.end()) return std::nullopt;
  --found->left;
  return found->kind;
}

std::vector<std::string> FaultScript::unfired() const {
  std::vector<std::string> lines;
  for (const Entry& entry : entries_) {
    if (entry.left == 0) continue;
    const FaultMatch& match = entry.match;
    lines.push_back((match.verb ? to_string(*match.verb) : "*") + std::string(" ") +
                    any_if_empty(match.group_resource) + " " + any_if_empty(match.namespace_name) +
                    "/" + any_if_empty(match.name) + ": " + to_string(entry.kind) + ", " +
                    std::to_string(entry.left) + " left");
  }
  return lines;
}

}  // namespace salvor::kube
