// Where objects of all kinds name namespaces in fields of their own, as a table: what a restore
// into another namespace has to rewrite. Subjects, peers, endpoints and host names, which take more
// than a name, have edits of their own. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/namespace_map.h"

namespace salvor::restore {

enum class NameForm {
  name,      // "shop"
  selector,  // a label selector of namespaces
  of_object  // "shop/certificate"
};

struct NamespacePlace {
  std::string_view kinds;  // group-resources, blank-separated; "*" all; "pods" in all pod specs
  std::string_view path;   // a JSON pointer; "*" stands for each entry of a list
  NameForm form = NameForm::name;
};

std::span<const NamespacePlace> namespace_places();

// Rewrites all places of the table in an object.
void map_places(Json& object, const std::string& group_resource, const NamespaceMap& namespaces);

// A label selector that picks namespaces by the name that the API server labels them with.
void map_namespace_selector(Json& selector, const NamespaceMap& namespaces);

}  // namespace salvor::restore
