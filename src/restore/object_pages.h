// All objects of a kind in a cluster, page by page, asked for again while a failure may pass.
#pragma once

#include <string>

#include "base/json.h"
#include "kube/api.h"
#include "restore/patience.h"

namespace salvor::restore {

// `visit(text)` for each object's JSON; its error ends the walk. `space`: "" means all namespaces.
template <typename Visit>
Result<void> each_text(Context& context, const Patience& patience, kube::Api& api,
                       const kube::ResourceType& type, const std::string& space,
                       const Visit& visit) {
  kube::ListOptions options;
  options.namespace_name = space;
  do {
    TRY(const kube::ListPage page, patiently(context, patience, [&](Context& call) {
                                     return api.list(call, type, options);
                                   }).within("listing " + type.resource));
    for (const std::string& text : page.items) TRY_VOID(visit(text));
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  return {};
}

// The same with `visit(object)`, which cannot fail.
template <typename Visit>
Result<void> each_object(Context& context, const Patience& patience, kube::Api& api,
                         const kube::ResourceType& type, const std::string& space,
                         const Visit& visit) {
  return each_text(context, patience, api, type, space,
                   [&](const std::string& text) -> Result<void> {
                     TRY(const Json object, parse_json(text));
                     visit(object);
                     return {};
                   });
}

}  // namespace salvor::restore
