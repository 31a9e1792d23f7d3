#include "jobs/definition_note.h"

namespace salvor::jobs {

std::optional<catalog::Change> note_in_definition(Context& context, catalog::Catalog& catalog,
                                                  const std::string& job_id, const Json& job) {
  const std::string definition = text_at(job, "backupdef");
  if (definition.empty() || !catalog.get(context, "kubebackups", definition).ok()) return {};
  const auto edit = [job_id, state = text_at(job, "state"),
                     message = text_at(job, "message")](const Json& stored) -> Result<Json> {
    Json noted = stored;
    if (!member(member(stored, "status"), "jobs").is_array()) return noted;
    for (Json& run : noted["status"]["jobs"]) {
      if (text_at(run, "jobid") != job_id) continue;
      run["state"] = state;
      run["message"] = message;
    }
    return noted;
  };
  return catalog::Edit{"kubebackups", definition, std::nullopt, catalog::Touch::server, edit};
}

}  // namespace salvor::jobs
