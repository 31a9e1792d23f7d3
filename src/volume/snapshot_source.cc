#include "volume/snapshot_source.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "kube/retried.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"

namespace salvor::volume {
namespace {

constexpr std::chrono::milliseconds kFirstLook{100};
constexpr std::chrono::milliseconds kLongestPause{2000};
constexpr Duration kGoneWithin{std::chrono::seconds(60)};

Json metadata_of(const kube::ObjectKey& key, const Mark& mark) {
  Json metadata = {{"name", key.name}, {"labels", {{mark.label(), mark.id}}}};
  if (!key.namespace_name.empty()) metadata["namespace"] = key.namespace_name;
  return metadata;
}

Json content_for(const StoredSnapshot& snapshot, const kube::ObjectKey& as, const Mark& mark) {
  return {{"apiVersion", content_type().api_version()},
          {"kind", content_type().kind},
          {"metadata", metadata_of({"", as.name}, mark)},
          {"spec",
           {{"deletionPolicy", "Retain"},
            {"driver", snapshot.driver},
            {"source", {{"snapshotHandle", snapshot.handle}}},
            {"volumeSnapshotRef", {{"name", as.name}, {"namespace", as.namespace_name}}}}}};
}

Json snapshot_for(const kube::ObjectKey& as, const Mark& mark) {
  return {{"apiVersion", snapshot_type().api_version()},
          {"kind", snapshot_type().kind},
          {"metadata", metadata_of(as, mark)},
          {"spec", {{"source", {{"volumeSnapshotContentName", as.name}}}}}};
}

// The last thing that was said of an object, such as "ProvisioningFailed: no space"; or "".
std::string last_word(Context& context, kube::Api& api, const kube::ObjectKey& key,
                      const std::string& kind) {
  const auto events = list_all(context, api, event_type(), {.namespace_name = key.namespace_name});
  if (!events.ok()) return "";
  std::string when;
  std::string text;
  for (const Json& event : *events) {
    const Json& about = member(event, "involvedObject");
    if (text_at(about, "kind") != kind || text_at(about, "name") != key.name) continue;
    const std::string at = text_at(event, "lastTimestamp");
    if (at < when) continue;
    when = at;
    text = text_at(event, "reason") + ": " + text_at(event, "message");
  }
  return text;
}

bool is_bound(const Json& claim) { return text_at(member(claim, "status"), "phase") == "Bound"; }

using Names = std::set<std::string>;

// Those that a claim without a volume names.
Result<Names> awaited_offers(Context& context, kube::Api& api, const std::vector<Json>& offers) {
  std::map<std::string, Names> by_namespace;
  for (const Json& offer : offers) {
    const kube::ObjectKey key = key_of(offer);
    by_namespace[key.namespace_name].insert(key.name);
  }
  Names awaited;
  for (const auto& [space, names] : by_namespace) {
    TRY(const std::vector<Json> claims,
        list_all(context, api, claim_type(), {.namespace_name = space}));
    for (const Json& claim : claims) {
      const std::string source = text_at(member(member(claim, "spec"), "dataSource"), "name");
      if (!is_bound(claim) && names.contains(source)) awaited.insert(source);
    }
  }
  return awaited;
}

}  // namespace

Result<void> offer_snapshot(Context& context, kube::Api& api, const StoredSnapshot& snapshot,
                            const kube::ObjectKey& as, const Mark& mark,
                            const SourcePatience& patience) {
  TRY(const Json content,
      ensure(context, api, content_type(), content_for(snapshot, as, mark), mark));
  TRY(Json offered, ensure(context, api, snapshot_type(), snapshot_for(as, mark), mark));
  const SteadyTime begun = context.clock.steady();
  SteadyTime failing_since = SteadyTime::max();
  Duration pause = kFirstLook;
  while (true) {
    const Json& status = member(offered, "status");
    if (member(status, "readyToUse") == true) return {};
    const SteadyTime now = context.clock.steady();
    const std::string failure = text_at(member(status, "error"), "message");
    if (!failure.empty()) failing_since = std::min(failing_since, now);
    const bool is_hopeless =
        failing_since != SteadyTime::max() && now - failing_since >= patience.after_an_error;
    if (is_hopeless || now - begun >= patience.ready_within) {
      return error(ErrorCode::unavailable, "snapshot " + snapshot.handle + " of driver " +
                                               snapshot.driver + " cannot be used" +
                                               (failure.empty() ? "" : ": " + failure))
          .with_hint("see that the cluster reaches the storage that holds the snapshot");
    }
    TRY_VOID(context.wait(pause));
    pause = std::min<Duration>(pause * 2, kLongestPause);
    TRY(offered, kube::retried(context, [&] {
                   return api.get(context, snapshot_type(), as);
                 }).within("reading VolumeSnapshot " + as.name));
  }
}

Result<void> wait_until_bound(Context& context, kube::Api& api, const kube::ObjectKey& claim,
                              Duration bound_within) {
  const SteadyTime give_up_at = context.clock.steady() + bound_within;
  Duration pause = kFirstLook;
  while (true) {
    TRY(const Json live, kube::retried(context, [&] {
                           return api.get(context, claim_type(), claim);
                         }).within("reading claim " + claim.name));
    if (is_bound(live)) return {};
    if (context.clock.steady() >= give_up_at) {
      const std::string why = last_word(context, api, claim, claim_type().kind);
      return error(ErrorCode::unavailable,
                   "no volume was made for it in time" + (why.empty() ? "" : "; " + why))
          .with_hint("see \"kubectl describe pvc " + claim.name + " -n " + claim.namespace_name +
                     "\"");
    }
    TRY_VOID(context.wait(pause));
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

Result<std::size_t> withdraw_used(Context& context, kube::Api& api, const Mark& mark) {
  const auto offers = list_all(context, api, snapshot_type(), {.label_selector = mark.selector()});
  if (!offers.ok() && offers.error().code == ErrorCode::not_found) return std::size_t{0};
  if (!offers.ok()) return offers.error();
  TRY(const Names awaited, awaited_offers(context, api, *offers));
  for (const Json& offer : *offers) {
    const kube::ObjectKey key = key_of(offer);
    if (!awaited.contains(key.name)) TRY_VOID(drop(context, api, snapshot_type(), key));
  }
  TRY(const std::vector<Json> contents,
      list_all(context, api, content_type(), {.label_selector = mark.selector()}));
  for (const Json& content : contents) {
    const std::string name = key_of(content).name;
    if (!awaited.contains(name)) TRY_VOID(remove_content(context, api, name, Fate::kept));
  }
  return awaited.size();
}

}  // namespace salvor::volume
