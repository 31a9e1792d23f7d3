// Lists and watches of the fake cluster.
#include <algorithm>
#include <charconv>
#include <optional>

#include "kube/testing/fake_core.h"
#include "kube/testing/label_selector.h"
#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

constexpr std::chrono::seconds kBookmarkEvery{60};

std::optional<std::uint64_t> revision_in(const std::string& text) {
  std::uint64_t revision = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return revision;
}

// A continue token is "<revision>|<namespace>|<name>": the list's version and its last key.
struct Continuation {
  std::uint64_t revision = 0;
  ObjectKey after;

  std::string text() const {
    return std::to_string(revision) + "|" + after.namespace_name + "|" + after.name;
  }
  static Result<Continuation> parse(const std::string& token) {
    const std::size_t first = token.find('|');
    const std::size_t second = token.find('|', first + 1);
    const std::optional<std::uint64_t> revision = revision_in(token.substr(0, first));
    if (first == std::string::npos || second == std::string::npos || !revision) {
      return bad_request("continue key is not valid");
    }
    return Continuation{*revision,
                        {token.substr(first + 1, second - first - 1), token.substr(second + 1)}};
  }
};

bool is_wanted(const Json& object, const ListOptions& options, const LabelSelector& selector) {
  const Json& metadata = member(object, "metadata");
  return (options.namespace_name.empty() ||
          text_at(metadata, "namespace") == options.namespace_name) &&
         selector.matches(member(metadata, "labels"));
}

// What a watcher with a selector sees of a change: an object that stops to match is "deleted".
std::optional<WatchEvent> seen(const FakeState::Change& change, const FakeKind& kind,
                               const ListOptions& options, const LabelSelector& selector) {
  using Type = WatchEvent::Type;
  const bool was = change.before && is_wanted(*change.before, options, selector);
  const bool is = change.after && is_wanted(*change.after, options, selector);
  if (is) {
    return WatchEvent{was ? Type::modified : Type::added, as_version(*change.after, kind.type)};
  }
  if (!was) return std::nullopt;
  Json last = as_version(*change.before, kind.type);
  last["metadata"]["resourceVersion"] = std::to_string(change.revision);
  return WatchEvent{Type::deleted, std::move(last)};
}

WatchEvent bookmark(const FakeKind& kind, std::uint64_t revision) {
  return {WatchEvent::Type::bookmark,
          {{"apiVersion", kind.type.api_version()},
           {"kind", kind.type.kind},
           {"metadata", {{"resourceVersion", std::to_string(revision)}}}}};
}

// One watch from its start to its end. The lock is open while the sink runs.
class Watcher {
 public:
  Watcher(FakeState& state, WakeUps& changes, FakeKind kind, const ListOptions& options,
          LabelSelector selector, const WatchSink& sink)
      : state_(state),
        changes_(changes),
        kind_(std::move(kind)),
        options_(options),
        selector_(std::move(selector)),
        sink_(sink) {}

  Result<void> run(std::unique_lock<std::mutex>& lock, const Context& context) {
    TRY_VOID(start());
    SteadyTime next_bookmark = context.clock.steady() + kBookmarkEvery;
    while (!context.stopped() && !context.expired()) {
      if (at_ < state_.oldest()) return expired("too old resource version");
      if (!deliver(lock)) return {};
      if (at_ < state_.revision()) continue;  // something came while the sink ran
      if (context.clock.steady() >= next_bookmark) {
        if (!send(lock, bookmark(kind_, at_))) return {};
        next_bookmark = context.clock.steady() + kBookmarkEvery;
        continue;
      }
      changes_.wait(lock, context, std::min(next_bookmark, *context.deadline));
    }
    if (context.stopped()) return error(ErrorCode::cancelled, "stopped on request");
    send(lock, bookmark(kind_, at_));
    return {};
  }

 private:
  Result<void> start() {
    at_ = state_.revision();
    if (options_.resource_version.empty() || options_.resource_version == "0") {
      initial_ = state_.objects(kind_.type.group_resource());
      return {};
    }
    const std::optional<std::uint64_t> from = revision_in(options_.resource_version);
    if (!from) return bad_request("invalid resource version: " + options_.resource_version);
    at_ = *from;
    if (at_ < state_.oldest()) return expired("too old resource version");
    return {};
  }

  // False when the sink has had enough.
  bool deliver(std::unique_lock<std::mutex>& lock) {
    for (const auto& [key, object] : std::exchange(initial_, {})) {
      if (!is_wanted(*object, options_, selector_)) continue;
      if (!send(lock, {WatchEvent::Type::added, as_version(*object, kind_.type)})) return false;
    }
    for (const WatchEvent& event : take_events()) {
      if (!send(lock, event)) return false;
    }
    return true;
  }

  std::vector<WatchEvent> take_events() {
    std::vector<WatchEvent> events;
    const auto& history = state_.history();
    auto at = std::upper_bound(
        history.begin(), history.end(), at_,
        [](std::uint64_t from, const FakeState::Change& change) { return from < change.revision; });
    for (; at != history.end(); ++at) {
      const FakeState::Change& change = *at;
      if (change.group_resource != kind_.type.group_resource()) continue;
      if (auto event = seen(change, kind_, options_, selector_))
        events.push_back(std::move(*event));
    }
    at_ = std::max(at_, state_.revision());
    return events;
  }

  bool send(std::unique_lock<std::mutex>& lock, const WatchEvent& event) {
    lock.unlock();
    const bool goes_on = sink_(event);
    lock.lock();
    return goes_on;
  }

  FakeState& state_;
  WakeUps& changes_;
  const FakeKind kind_;
  const ListOptions& options_;
  const LabelSelector selector_;
  const WatchSink& sink_;
  FakeState::Objects initial_;
  std::uint64_t at_ = 0;  // all changes up to here are delivered
};

}  // namespace

Result<ListPage> FakeCluster::Core::page(const FakeKind& kind, const ListOptions& chosen) const {
  TRY(const LabelSelector selector, LabelSelector::parse(chosen.label_selector));
  Continuation from{.revision = state.revision(), .after = {}};
  if (!chosen.continue_token.empty()) {
    TRY(Continuation parsed, Continuation::parse(chosen.continue_token));
    from = std::move(parsed);
  }
  if (from.revision < state.oldest()) {
    return expired(
        "The provided continue parameter is too old to display a consistent list result");
  }
  const FakeState::Objects objects = state.objects_at(kind.type.group_resource(), from.revision);
  ListPage page{
      .items = {}, .continue_token = "", .resource_version = std::to_string(from.revision)};
  auto at = chosen.continue_token.empty() ? objects.begin() : objects.upper_bound(from.after);
  for (; at != objects.end(); ++at) {
    if (!is_wanted(*at->second, chosen, selector)) continue;
    if (chosen.limit > 0 && page.items.size() == chosen.limit) {
      page.continue_token = from.text();
      break;
    }
    page.items.push_back(compact(as_version(*at->second, kind.type)));
    from.after = at->first;
  }
  return page;
}

Result<ListPage> FakeCluster::list(Context& context, const ResourceType& type,
                                   const ListOptions& options) {
  const FakeRequest request{.verb = Verb::list,
                            .group_resource = type.group_resource(),
                            .key = {options.namespace_name, ""}};
  return core_->call<ListPage>(context, request, [&]() -> Result<ListPage> {
    TRY(const FakeKind* kind, core_->served(type));
    return core_->page(*kind, options);
  });
}

Result<void> FakeCluster::watch(Context& context, const ResourceType& type,
                                const ListOptions& options, const WatchSink& sink) {
  const FakeRequest request{.verb = Verb::watch,
                            .group_resource = type.group_resource(),
                            .key = {options.namespace_name, ""}};
  TRY(const FakeKind kind, core_->call<FakeKind>(context, request, [&]() -> Result<FakeKind> {
    TRY(const FakeKind* served, core_->served(type));
    return *served;
  }));
  TRY(LabelSelector selector, LabelSelector::parse(options.label_selector));
  const Context limited = context.deadline ? context : context.within(std::chrono::seconds(60));
  std::unique_lock lock(core_->mutex);
  return Watcher(core_->state, core_->changes, kind, options, std::move(selector), sink)
      .run(lock, limited);
}

}  // namespace salvor::kube
