// A catalog with jobs in it, for tests of leases and engines.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "catalog/testing/folder.h"
#include "catalog/testing/stepped_clock.h"
#include "jobs/engine.h"
#include "jobs/testing/watched_catalog.h"

namespace salvor::jobs::testing {

class Workshop {
 public:
  Workshop();

  // A job that nobody has begun, with these fields besides; its id.
  std::string add(const Json& fields = Json::object());
  Json job(const std::string& id);
  std::string state(const std::string& id) { return text_at(job(id), "state"); }
  void set(const std::string& id, const Json& fields);
  // Waits until the job has that state.
  void wait_for_state(const std::string& id, const std::string& state);

  // Time passes only as a test says; polls go by the machine's clock and are quick.
  std::unique_ptr<Engine> start(std::vector<JobKind> kinds, EngineOptions options = {});

  catalog::SteppedClock clock;
  Context context{clock, null_log(), {}, {}};
  catalog::Folder folder;
  std::unique_ptr<catalog::Catalog> sqlite;
  WatchedCatalog catalog;
};

}  // namespace salvor::jobs::testing
