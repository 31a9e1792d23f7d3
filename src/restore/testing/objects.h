// Literals of tests: Kubernetes objects, a backup's items, and what a target cluster has.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/facts.h"
#include "restore/item.h"
#include "restore/options.h"
#include "restore/plan.h"

namespace salvor::restore::testing {

// A JSON literal in the notation of JSON itself.
Json json(const std::string& text);

// An object as a backup holds it. Its uid in the source is made from kind, namespace and name, so
// that owners can be named; `more` is merged into it.
Json object(const std::string& api_version, const std::string& kind,
            const std::string& namespace_name, const std::string& name,
            const Json& more = Json::object());

// The same object with one more ownerReference.
enum class Controls { no, yes };
Json owned_by(Json object, const Json& owner, Controls controls = Controls::no);

// A definition of the kind "<Kind>" (plural "<kind>s") in a group, served in these versions.
Json definition(const std::string& group, const std::string& kind,
                const std::vector<std::string>& versions = {"v1"});

// Its name in an archive: group-resources of the fake cluster's kinds, else the kind's own plural.
archive::ItemName name_of(const Json& object);

// An archive's inventory, numbered in the order given.
std::vector<Item> items_of(const std::vector<Json>& objects, const Options& options = {});

// A cluster that serves the fake cluster's kinds and has nothing.
ClusterFacts bare_facts();

// The options of a kuberestores document's fields. Requires: they can be parsed.
Options options_of(const Json& restore);
// The whole backup.
Options all_of_it();

// The one step for an object of that kind and source name. Requires: there is one.
const Step& step_for(const Plan& plan, const std::string& kind, const std::string& source_name);

// Made of each kind that needs an explanation on its own line, for readable failures:
// "namespaces: CREATE Namespace shop" or "workloads: SKIP Pod shop/web-1 (CONTROLLED)".
std::string text_of(const Step& step);
std::vector<std::string> text_of(const Plan& plan);

}  // namespace salvor::restore::testing
