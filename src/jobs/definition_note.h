// A backup's definition shows its last runs. This is how they follow their jobs.
#pragma once

#include <optional>
#include <string>

#include "base/context.h"
#include "catalog/catalog.h"

namespace salvor::jobs {

// How a run stands.
struct RunNote {
  std::string job_id;
  std::string definition;  // id of the kubebackups document that it runs; "" for none
  std::string state;
  std::string message;
};

// The change that brings it into the definition; nothing when there is none, or it is gone. The
// change does not touch the definition's etag.
std::optional<catalog::Change> note_in_definition(Context& context, catalog::Catalog& catalog,
                                                  const RunNote& note);

}  // namespace salvor::jobs
