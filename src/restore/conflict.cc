#include "restore/conflict.h"

#include <algorithm>
#include <array>

#include "restore/edits.h"

namespace salvor::restore {
namespace {

using Next = Resolution::Next;

enum class Differs { nowhere, somewhere, in_immutable };

struct Row {
  Action action;
  Differs differs;
  Next next;
  Reason reason;
};

using enum Differs;
constexpr auto kTable = std::to_array<Row>({
    {Action::create, nowhere, Next::end, Reason::exists},
    {Action::create, somewhere, Next::end, Reason::exists},
    {Action::create, in_immutable, Next::end, Reason::exists},
    {Action::copy, nowhere, Next::end, Reason::exists},
    {Action::copy, somewhere, Next::end, Reason::exists},
    {Action::copy, in_immutable, Next::end, Reason::exists},
    {Action::create_new, nowhere, Next::end, Reason::already_exists},
    {Action::create_new, somewhere, Next::end, Reason::already_exists},
    {Action::create_new, in_immutable, Next::end, Reason::already_exists},
    {Action::merge, nowhere, Next::end, Reason::unchanged},
    {Action::merge, somewhere, Next::patch, Reason::merged},
    {Action::merge, in_immutable, Next::end, Reason::immutable},
    {Action::replace, nowhere, Next::end, Reason::unchanged},
    {Action::replace, somewhere, Next::patch, Reason::replaced},
    {Action::replace, in_immutable, Next::end, Reason::immutable},
    {Action::recreate, nowhere, Next::end, Reason::unchanged},
    {Action::recreate, somewhere, Next::patch, Reason::replaced},
    {Action::recreate, in_immutable, Next::recreate, Reason::recreated},
});

constexpr std::array kActing = {Action::create, Action::copy,    Action::create_new,
                                Action::merge,  Action::replace, Action::recreate};

constexpr int rows_for(Action action, Differs differs) {
  int rows = 0;
  for (const Row& row : kTable) {
    if (row.action == action && row.differs == differs) ++rows;
  }
  return rows;
}

constexpr bool has_one_row_each() {
  for (const Action action : kActing) {
    for (const Differs differs : {nowhere, somewhere, in_immutable}) {
      if (rows_for(action, differs) != 1) return false;
    }
  }
  return kTable.size() == kActing.size() * 3;
}
static_assert(has_one_row_each());

const Row& row_for(Action action, Differs differs) {
  const auto* const found = std::find_if(kTable.begin(), kTable.end(), [&](const Row& row) {
    return row.action == action && row.differs == differs;
  });
  CHECK(found != kTable.end());
  return *found;
}

std::string below(const std::string& path, const std::string& key) {
  return (Json::json_pointer(path) / key).to_string();
}

// The merge patch that makes `live` equal to `wanted`; null when it is.
Json replacement(const Json& wanted, const Json& live) {
  if (!wanted.is_object() || !live.is_object()) return wanted == live ? Json() : wanted;
  Json patch = Json::object();
  for (const auto& [key, value] : live.items()) {
    if (!wanted.contains(key)) patch[key] = nullptr;
  }
  for (const auto& [key, value] : wanted.items()) {
    const auto there = live.find(key);
    if (there == live.end()) {
      patch[key] = value;
    } else if (value != *there) {
      patch[key] = replacement(value, *there);
    }
  }
  return patch.empty() ? Json() : patch;
}

// The entries that are there stay first.
Json joined(const Json& wanted, const Json& live) {
  Json all = live;
  for (const Json& entry : wanted) {
    if (std::find(all.begin(), all.end(), entry) == all.end()) all.push_back(entry);
  }
  return all;
}

// Three-way: what only the restore brings comes, what only the target has stays; where both have a
// value and the target's is still the backup's, the restore's (with its mapping) is taken, else the
// target's own stays. Lists of the object itself, such as subjects, are joined; deeper ones are
// values.
class Merge {
 public:
  explicit Merge(Difference& difference) : kept_(difference.kept) {}

  Json objects(const Json& base, const Json& wanted, const Json& live, const std::string& path) {
    Json patch = Json::object();
    for (const auto& [key, value] : wanted.items()) {
      const auto there = live.find(key);
      if (there == live.end() || there->is_null()) {
        if (!value.is_null()) patch[key] = value;
      } else if (value != *there) {
        Json change = changed(member(base, key), value, *there, below(path, key));
        if (!change.is_null()) patch[key] = std::move(change);
      }
    }
    return patch.empty() ? Json() : patch;
  }

 private:
  Json changed(const Json& base, const Json& wanted, const Json& live, const std::string& path) {
    if (wanted.is_object() && live.is_object()) return objects(base, wanted, live, path);
    const bool is_list_of_its_own = path.rfind('/') == 0;
    if (wanted.is_array() && live.is_array() && is_list_of_its_own) {
      Json all = joined(wanted, live);
      return all.size() > live.size() ? all : Json();
    }
    if (live == base) return wanted;
    kept_.push_back(path);
    return nullptr;
  }

  std::vector<std::string>& kept_;
};

// The pointers of a rule that a patch touches.
void find_immutable(const Rule& rule, const Json& live, Difference& difference) {
  const auto check = [&](std::string_view pointer) {
    if (difference.patch.contains(Json::json_pointer(std::string(pointer))))
      difference.immutable.emplace_back(pointer);
  };
  for (const std::string_view pointer : rule.immutable) check(pointer);
  if (member(live, "immutable") != true) return;
  for (const std::string_view pointer : rule.immutable_when_marked) check(pointer);
}

// A released volume waits for the one claim that it had, by its uid; replaced, it takes a new one
// of the name. A bound one is not taken away from its claim.
void find_binding(const Meeting& meeting, Difference& difference) {
  const std::string phase = text_at(member(meeting.live, "status"), "phase");
  const Json& claim = member(member(meeting.live, "spec"), "claimRef");
  const bool wants_claim = member(member(meeting.wanted, "spec"), "claimRef").is_object();
  if (!claim.is_object() || !wants_claim || meeting.step.action == Action::merge) return;
  Json& patch = difference.patch;
  if (phase == "Released") {
    for (const char* name : {"uid", "resourceVersion"}) {
      if (claim.contains(name)) patch["spec"]["claimRef"][name] = nullptr;
    }
  } else if (phase == "Bound" && patch.contains(Json::json_pointer("/spec/claimRef"))) {
    difference.immutable.emplace_back("/spec/claimRef");
  }
}

// What a fence holds back is wanted in the end.
Json unfenced(Json object) {
  if (is_fenced(object)) object.merge_patch(release_patch());
  const Json& annotations = member(member(object, "metadata"), "annotations");
  if (annotations.is_object() && annotations.empty()) object["metadata"].erase("annotations");
  return object;
}

// The object as a restore that renames nothing would make it.
Json as_restored(const Step& step, const Json& object, const RenderContext& context) {
  const NamespaceMap same_names({}, "", "");
  const std::map<std::string, std::string> same_classes;
  const EditContext edits{same_names,
                          same_classes,
                          context.known_groups,
                          context.default_classes,
                          step.source.group_resource,
                          step.keeps_volume,
                          step.data && step.data->is_there(),
                          context.choices};
  Json edited = object;
  static_cast<void>(apply(rule_for(step.source.group_resource), edited, edits));
  return unfenced(std::move(edited));
}

// Names and kinds are what brought the two together; they may be spelled in another version.
void drop_identity(Json& object) {
  object.erase("apiVersion");
  object.erase("kind");
  object["metadata"].erase("name");
  object["metadata"].erase("namespace");
}

Difference difference_of(const Meeting& meeting, const RenderContext& context) {
  const Json live = comparable(meeting.step, meeting.live, context);
  Json wanted = unfenced(meeting.wanted);
  drop_identity(wanted);
  // Owners are linked by what this restore made; those of the live object are its own.
  wanted["metadata"].erase("ownerReferences");
  Difference difference;
  if (meeting.step.action == Action::merge) {
    Json base = as_restored(meeting.step, meeting.original, context);
    difference.patch = Merge(difference).objects(base, wanted, live, "");
  } else {
    difference.patch = replacement(wanted, live);
  }
  find_binding(meeting, difference);
  if (difference.patch.is_null()) return difference;
  find_immutable(rule_for(meeting.step.source.group_resource), meeting.live, difference);
  const Json& metadata = member(meeting.live, "metadata");
  difference.patch["metadata"]["resourceVersion"] = text_at(metadata, "resourceVersion");
  return difference;
}

}  // namespace

Json comparable(const Step& step, const Json& object, const RenderContext& context) {
  Json plain = as_restored(step, object, context);
  drop_identity(plain);
  return plain;
}

Json patch_between(const Json& from, const Json& to) { return replacement(to, from); }

Resolution resolve(const Meeting& meeting, const RenderContext& context) {
  const Action action = meeting.step.action;
  Resolution resolution;
  // Most restores leave alone what is there, whatever it is.
  if (action != Action::create && action != Action::copy && action != Action::create_new)
    resolution.difference = difference_of(meeting, context);
  const Difference& difference = resolution.difference;
  const Differs differs = difference.patch.is_null()     ? nowhere
                          : difference.immutable.empty() ? somewhere
                                                         : in_immutable;
  const Row& row = row_for(action, differs);
  resolution.next = row.next;
  resolution.reason = row.reason;
  const Rule& rule = rule_for(meeting.step.source.group_resource);
  if (row.next == Next::recreate && rule.recreate == Recreate::never) {
    resolution.next = Next::end;
    resolution.reason = Reason::is_protected;
  }
  return resolution;
}

}  // namespace salvor::restore
