#include "restore/testing/objects.h"

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "kube/testing/fake_kinds.h"
#include "restore/rules.h"
#include "restore/scan.h"

namespace salvor::restore::testing {
namespace {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Json json(const std::string& text) { return parse_json(text).value(); }

Json object(const std::string& api_version, const std::string& kind,
            const std::string& namespace_name, const std::string& name, const Json& more) {
  Json made = {{"apiVersion", api_version},
               {"kind", kind},
               {"metadata", {{"name", name}, {"uid", kind + "/" + namespace_name + "/" + name}}}};
  if (!namespace_name.empty()) made["metadata"]["namespace"] = namespace_name;
  made.merge_patch(more);
  return made;
}

Json owned_by(Json object, const Json& owner, Controls controls) {
  Json reference = {{"apiVersion", owner["apiVersion"]},
                    {"kind", owner["kind"]},
                    {"name", owner["metadata"]["name"]},
                    {"uid", owner["metadata"]["uid"]}};
  if (controls == Controls::yes) reference["controller"] = true;
  object["metadata"]["ownerReferences"].push_back(std::move(reference));
  return object;
}

Json definition(const std::string& group, const std::string& kind,
                const std::vector<std::string>& versions) {
  const std::string plural = lower_case(kind) + "s";
  Json served = Json::array();
  for (const std::string& version : versions)
    served.push_back({{"name", version}, {"served", true}, {"storage", served.empty()}});
  return object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural + "." + group,
                {{"spec",
                  {{"group", group},
                   {"scope", "Namespaced"},
                   {"names", {{"plural", plural}, {"kind", kind}}},
                   {"versions", served}}}});
}

archive::ItemName name_of(const Json& object) {
  const std::string api_version = text_at(object, "apiVersion");
  const std::string kind = text_at(object, "kind");
  const std::size_t slash = api_version.find('/');
  const std::string group = slash == std::string::npos ? "" : api_version.substr(0, slash);
  const Json& metadata = object["metadata"];
  archive::ItemName name{lower_case(kind) + "s" + (group.empty() ? "" : "." + group),
                         slash == std::string::npos ? api_version : api_version.substr(slash + 1),
                         text_at(metadata, "namespace"), text_at(metadata, "name")};
  static const std::vector<kube::FakeKind> kinds = kube::default_kinds();
  for (const kube::FakeKind& known : kinds) {
    if (known.type.kind == kind && known.type.group == group)
      name.group_resource = known.type.group_resource();
  }
  return name;
}

std::vector<Item> items_of(const std::vector<Json>& objects, const Options& options) {
  std::vector<Item> items;
  for (const Json& object : objects) {
    items.push_back(scan(name_of(object), object, options));
    items.back().number = items.size() - 1;
  }
  return items;
}

ClusterFacts bare_facts() {
  ClusterFacts facts;
  for (const kube::FakeKind& kind : kube::default_kinds()) {
    facts.discovery.preferred.emplace(kind.type.group, kind.type.version);
    facts.discovery.types.push_back(kind.type);
  }
  return facts;
}

Options options_of(const Json& restore) { return parse_options(restore).value(); }

Options all_of_it() { return options_of({{"selection", {{"all_namespaces", true}}}}); }

const Step& step_for(const Plan& plan, const std::string& kind, const std::string& source_name) {
  for (const Step& step : plan.steps) {
    if (step.type.kind == kind && step.source.name == source_name) return step;
  }
  check_failed(("a step for " + kind + " " + source_name).c_str(), __FILE__, __LINE__);
}

std::string text_of(const Step& step) {
  const std::string home = step.target_namespace.empty() ? "" : step.target_namespace + "/";
  std::string text = std::string(to_string(step.wave)) + ": " +
                     std::string(to_string(step.action)) + " " + step.type.kind + " " + home +
                     step.target_name;
  if (step.action == Action::none) text += " (" + std::string(row_of(step.reason).code) + ")";
  return text;
}

std::vector<std::string> text_of(const Plan& plan) {
  std::vector<std::string> texts;
  for (const Step& step : plan.steps) texts.push_back(text_of(step));
  return texts;
}

}  // namespace salvor::restore::testing
