#include "restore/saved_plan.h"

namespace salvor::restore {

Json saved_plan(const Request& request, const RenderContext& render) {
  return {{"restore", request.restore},
          {"archive", archive::to_json(request.seal)},
          {"copies",
           {{"object_store", request.copies.object_store}, {"cluster", request.copies.cluster}}},
          {"namespaces", render.namespaces.entries()},
          {"known_groups", render.known_groups},
          {"default_classes", render.default_classes},
          {"planned_at", render.planned_at}};
}

Request request_in(const Json& saved) {
  const Json& copies = member(saved, "copies");
  return {member(saved, "restore"),
          archive::seal_in(saved),
          {text_at(copies, "object_store"), text_at(copies, "cluster")},
          {}};
}

RenderContext render_context_in(const Json& saved, const Options& options) {
  return {
      NamespaceMap(member(saved, "namespaces").get<std::map<std::string, std::string>>(), "", ""),
      options.storage_class_map,
      member(saved, "known_groups").get<std::set<std::string>>(),
      member(saved, "default_classes").get<std::set<std::string>>(),
      options.modifiers,
      options.edits,
      text_at(saved, "planned_at")};
}

std::string restore_manager(const std::string& job) { return "salvor-" + job; }

}  // namespace salvor::restore
