#include "jobs/definition_note.h"

#include <nlohmann/json.hpp>

namespace salvor::jobs {

std::optional<catalog::Change> note_in_definition(Context& context, catalog::Catalog& catalog,
                                                  const RunNote& note) {
  if (note.definition.empty() || !catalog.get(context, "kubebackups", note.definition).ok()) {
    return {};
  }
  const auto edit = [note](const Json& stored) -> Result<Json> {
    Json noted = stored;
    if (!member(member(stored, "status"), "jobs").is_array()) return noted;
    for (Json& run : noted["status"]["jobs"]) {
      if (text_at(run, "jobid") != note.job_id) continue;
      run["state"] = note.state;
      run["message"] = note.message;
    }
    return noted;
  };
  return catalog::Edit{"kubebackups", note.definition, std::nullopt, catalog::Touch::server, edit};
}

}  // namespace salvor::jobs
