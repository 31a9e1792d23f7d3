#include "restore/render.h"

#include "restore/edits.h"
#include "restore/subjects.h"

namespace salvor::restore {
namespace {

// A copied binding is for the renamed accounts alone: the others have the original.
void keep_renamed_subjects(Json& object, const NamespaceMap& namespaces) {
  Json kept = Json::array();
  for (const Json& subject : member(object, "subjects")) {
    const auto source = namespace_of_subject(subject);
    if (source && namespaces.renames(*source)) kept.push_back(subject);
  }
  object["subjects"] = kept;
}

}  // namespace

RenderContext make_render_context(const Plan& plan, const ClusterFacts& facts,
                                  const Options& options) {
  RenderContext context{plan.namespaces,       options.storage_class_map, {},
                        facts.default_classes, options.modifiers,         options.edits,
                        facts.resource_version};
  for (const kube::ResourceType& type : facts.discovery.types)
    context.known_groups.insert(type.group);
  for (const Step& step : plan.steps) {
    if (step.action != Action::none) context.known_groups.insert(step.type.group);
  }
  context.known_groups.erase("");
  return context;
}

Json owner_references(const Json& object, const std::vector<LinkedOwner>& owners) {
  Json linked = Json::array();
  const Json& references = member(member(object, "metadata"), "ownerReferences");
  if (!references.is_array()) return linked;
  for (const LinkedOwner& owner : owners) {
    if (owner.reference >= references.size()) continue;
    Json reference = references[owner.reference];
    reference["uid"] = owner.uid;
    // An owner that was renamed with its namespace: the garbage collector looks it up by name.
    if (!owner.name.empty()) reference["name"] = owner.name;
    if (!owner.api_version.empty()) reference["apiVersion"] = owner.api_version;
    linked.push_back(std::move(reference));
  }
  return linked;
}

Result<Rendered> render(const Step& step, Json object, const std::vector<LinkedOwner>& owners,
                        const RenderContext& context) {
  Rendered rendered;
  Json references = owner_references(object, owners);
  if (step.action == Action::copy) keep_renamed_subjects(object, context.namespaces);
  const EditContext edit_context{context.namespaces,
                                 context.storage_class_map,
                                 context.known_groups,
                                 context.default_classes,
                                 step.source.group_resource,
                                 step.keeps_volume,
                                 step.data && step.data->is_there(),
                                 context.choices};
  rendered.notes = apply(rule_for(step.source.group_resource), object, edit_context);
  if (!step.message.empty()) rendered.notes.push_back(step.message);
  object["metadata"]["name"] = step.target_name;
  if (!references.empty()) object["metadata"]["ownerReferences"] = std::move(references);
  const ModifierTarget target{step.source.group_resource, step.source.namespace_name,
                              step.source.name};
  TRY(const std::vector<std::string> modified, context.modifiers.apply(target, object));
  for (const std::string& place : modified)
    rendered.notes.push_back("changed by modifier " + place);
  rendered.object = std::move(object);
  return rendered;
}

Result<Json> parse_object(const std::string& text) {
  TRY(Json object, parse_json(text));
  if (!member(object, "metadata").is_object())
    return error(ErrorCode::corrupt, "the object has no metadata");
  return object;
}

Json bare_namespace(const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
}

}  // namespace salvor::restore
