// One object told at length: its fields in groups, the names of what it refers to, how much refers
// to it, and its last job. All of it follows from the resource tables.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/kinds.h"
#include "cli/session.h"

namespace salvor::cli {

// What the document itself does not say, gathered from the server.
struct Surroundings {
  std::map<std::string, std::string> names;                  // of referred documents, by id
  std::vector<std::pair<std::string, std::int64_t>> counts;  // {"kubebackups", 3}
  Json last_job;                                             // null: none
};

// Asks the server. What cannot be read because it is gone or the key may not read it is left out.
Result<Surroundings> surroundings_of(ApiClient& api, const Kind& kind, const Json& document);

// The whole description. `now` is for ages.
std::string description_text(const Kind& kind, const Json& document,
                             const Surroundings& surroundings, const Style& style,
                             EpochSeconds now);

// Prints the description, or the document alone for programs.
Result<ExitCode> show_description(Session& session, ApiClient& api, const Kind& kind,
                                  const Json& document);

}  // namespace salvor::cli
