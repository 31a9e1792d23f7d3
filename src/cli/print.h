// How commands answer: documents in the format that was asked for, or a sentence for people.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/kinds.h"
#include "cli/session.h"

namespace salvor::cli {

// The documents as --output says. One document that was asked for by name is written as itself in
// json and yaml; a list as {"items": […]}.
enum class Shape { one, list };
void print_documents(Session& session, const Kind& kind, const std::vector<Json>& items,
                     Shape shape);

// What a command that changed something says: "cluster 'web' added" for people, the document for
// programs.
void print_change(Session& session, const Kind& kind, const Json& document,
                  const std::string& sentence);

}  // namespace salvor::cli
