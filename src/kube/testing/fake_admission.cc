#include "kube/testing/fake_admission.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/status.h"
#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

// The body against the address it was sent to.
Result<void> check_address(const FakeKind& kind, const std::string& namespace_name,
                           const Json& body) {
  const ResourceType& type = kind.type;
  if (!body.is_object()) return bad_request("the body of a create is a JSON object");
  const std::string api_version = text_at(body, "apiVersion");
  if (api_version != type.api_version() || text_at(body, "kind") != type.kind) {
    return bad_request(text_at(body, "kind") + " in version \"" + api_version +
                       "\" cannot be handled as a " + type.kind);
  }
  if (body.contains("spec") && !body.at("spec").is_object()) {
    return bad_request("spec of a " + type.kind + " is an object");
  }
  const std::string own = text_at(member(body, "metadata"), "namespace");
  const std::string expected = type.namespaced ? namespace_name : "";
  if (!own.empty() && own != expected) {
    return bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  return {};
}

Result<void> check_namespace(const FakeState& state, const FakeKind& kind, const std::string& name,
                             const std::string& namespace_name) {
  if (!kind.type.namespaced) return {};
  const FakeKind& namespaces = *state.kind("namespaces");
  const FakeState::ObjectPtr found = state.find("namespaces", {"", namespace_name});
  if (!found) return not_found(namespaces.type, namespace_name);
  if (!is_dying(*found)) return {};
  return forbidden(kind.type, name,
                   "unable to create new content in namespace " + namespace_name +
                       " because it is being terminated");
}

Result<void> check_name(const FakeKind& kind, const std::string& name) {
  if (name.empty()) {
    return unacceptable(kind.type, "",
                        "metadata.name: Required value: name or generateName is required");
  }
  const std::string broken = broken_name_rule(kind.names, name);
  if (broken.empty()) return {};
  return unacceptable(kind.type, name, "metadata.name: Invalid value: \"" + name + "\": " + broken);
}

void name_it(FakeState& state, Json& metadata) {
  const std::string prefix = text_at(metadata, "generateName");
  if (text_at(metadata, "name").empty() && !prefix.empty()) {
    metadata["name"] = prefix + state.next_suffix();
  }
}

void stamp(FakeState& state, const FakeKind& kind, const std::string& namespace_name,
           Json& object) {
  Json& metadata = object["metadata"];
  if (kind.type.namespaced) metadata["namespace"] = namespace_name;
  metadata["uid"] = state.next_uid();
  metadata["creationTimestamp"] = state.timestamp();
  for (const char* name : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
                           "managedFields", "generation"}) {
    metadata.erase(name);
  }
  if (kind.has_status) object.erase("status");
  if (kind.has_status && !kind.type.group.empty()) metadata["generation"] = 1;
}

// FieldsV1 is a tree of "f:<name>"; lists are kept as leaves here.
Json fields_of(const Json& object) {
  Json fields = Json::object();
  if (!object.is_object()) return fields;
  for (const auto& [name, value] : object.items()) fields["f:" + name] = fields_of(value);
  return fields;
}

// The API server notes no manager of an object that is only a name.
bool sets_fields(const Json& object) {
  const auto is_said = [](const Json& holder, std::initializer_list<const char*> not_counted) {
    for (const auto& [name, value] : holder.items()) {
      const bool counts =
          std::find(not_counted.begin(), not_counted.end(), name) == not_counted.end();
      if (counts && !value.empty()) return true;
    }
    return false;
  };
  return is_said(object, {"apiVersion", "kind", "metadata"}) ||
         is_said(object.at("metadata"),
                 {"name", "namespace", "uid", "creationTimestamp", "generation"});
}

// Fields that belong to the server, whatever a patch says.
constexpr const char* kServerFields[] = {
    "uid",           "creationTimestamp", "generation", "deletionTimestamp",
    "managedFields", "resourceVersion",   "selfLink",   "deletionGracePeriodSeconds"};

void restore_member(const Json& before, Json& after, const char* name) {
  if (before.contains(name)) {
    after[name] = before.at(name);
  } else {
    after.erase(name);
  }
}

Result<void> check_preconditions(const FakeKind& kind, const Json& before, const Json& after) {
  const Json& was = member(before, "metadata");
  const Json& is = member(after, "metadata");
  const std::string name = text_at(was, "name");
  if (text_at(is, "name") != name || text_at(is, "namespace") != text_at(was, "namespace")) {
    return bad_request("the name or namespace of the object does not match the URL");
  }
  if (const std::string uid = text_at(is, "uid"); !uid.empty() && uid != text_at(was, "uid")) {
    return changed(kind.type, name,
                   "Precondition failed: UID in precondition: " + uid +
                       ", UID in object meta: " + text_at(was, "uid"));
  }
  const std::string version = text_at(is, "resourceVersion");
  if (!version.empty() && version != text_at(was, "resourceVersion")) {
    return changed(kind.type, name,
                   "the object has been modified; please apply your changes to the latest version "
                   "and try again");
  }
  return {};
}

bool spec_differs(const Json& before, const Json& after) {
  Json left = before, right = after;
  for (Json* side : {&left, &right}) {
    side->erase("metadata");
    side->erase("status");
  }
  return left != right;
}

}  // namespace

Result<Json> admit_create(FakeState& state, const FakeKind& kind, const std::string& namespace_name,
                          const std::string& body, const WriteOptions& options) {
  Result<Json> parsed = parse_json(body);
  if (!parsed.ok()) return bad_request(parsed.error().message);
  Json object = std::move(parsed).value();
  TRY_VOID(check_address(kind, namespace_name, object));
  if (!object["metadata"].is_object()) object["metadata"] = Json::object();
  name_it(state, object["metadata"]);
  const std::string name = text_at(object["metadata"], "name");
  TRY_VOID(check_namespace(state, kind, name, namespace_name));
  TRY_VOID(check_name(kind, name));
  if (!text_at(object["metadata"], "resourceVersion").empty()) {
    // A plain error of the storage layer, which the real server reports as its own fault.
    return to_error(
        {.code = 500, .message = "resourceVersion should not be set on objects to be created"},
        Access::read);
  }
  stamp(state, kind, namespace_name, object);
  TRY_VOID(fill_in(state, kind, object));
  if (state.find(kind.type.group_resource(), key_of(object))) {
    return already_exists(kind.type, name);
  }
  if (sets_fields(object)) note_manager(object, options.field_manager, state.timestamp());
  return object;
}

Result<Json> admit_update(FakeState& state, const FakeKind& kind, const Json& before, Json after,
                          const WriteOptions& options) {
  TRY_VOID(check_preconditions(kind, before, after));
  for (const char* name : kServerFields) {
    restore_member(before.at("metadata"), after["metadata"], name);
  }
  for (const char* name : {"apiVersion", "kind"}) restore_member(before, after, name);
  if (options.subresource == "status") {
    if (!kind.has_status)
      return kube::to_error({.code = 404, .message = "no such subresource"}, Access::write);
    Json status = member(after, "status");
    after = before;
    after["status"] = std::move(status);
  } else if (kind.has_status) {
    restore_member(before, after, "status");
  }
  TRY_VOID(guard_immutable(kind, before, after));
  if (after == before) return after;
  if (spec_differs(before, after) && before.at("metadata").contains("generation")) {
    after["metadata"]["generation"] = before.at("metadata").at("generation").get<int>() + 1;
  }
  note_manager(after, options.field_manager, state.timestamp(), options.subresource);
  return after;
}

void note_manager(Json& object, const std::string& manager, const std::string& time,
                  const std::string& subresource) {
  Json fields = object;
  for (const char* name : {"apiVersion", "kind", "metadata", "status"}) fields.erase(name);
  Json entry = {{"manager", manager},
                {"operation", "Update"},
                {"apiVersion", text_at(object, "apiVersion")},
                {"time", time},
                {"fieldsType", "FieldsV1"},
                {"fieldsV1", fields_of(fields)}};
  if (!subresource.empty()) entry["subresource"] = subresource;
  Json& entries = object["metadata"]["managedFields"];
  if (!entries.is_array()) entries = Json::array();
  for (Json& present : entries) {
    if (text_at(present, "manager") != manager || text_at(present, "subresource") != subresource)
      continue;
    present = entry;
    return;
  }
  entries.push_back(entry);
}

}  // namespace salvor::kube
