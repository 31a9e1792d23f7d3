#include "jobs/testing/workshop.h"

#include "base/random.h"
#include "catalog/sqlite.h"
#include "jobs/state.h"

namespace salvor::jobs::testing {

Workshop::Workshop()
    : sqlite(catalog::open_sqlite(context, folder.file("catalog.db")).value()), catalog(*sqlite) {}

std::string Workshop::add(const Json& fields) {
  Json job = {{"type", "RESTORE"}, {"state", kPending}, {"start_time", clock.wall_seconds()}};
  job.update(fields);
  const std::string id = new_object_id(clock.wall_seconds());
  CHECK(catalog.commit(context, {{catalog::Insert{"jobs", id, job}}}).ok());
  return id;
}

Json Workshop::job(const std::string& id) {
  return catalog.get(context, "jobs", id).value().body();
}

void Workshop::set(const std::string& id, const Json& fields) {
  const auto edit = [fields](const Json& stored) -> Result<Json> {
    Json job = stored;
    job.update(fields);
    return job;
  };
  CHECK(catalog.commit(context, {{catalog::Edit{"jobs", id, {}, catalog::Touch::server, edit}}})
            .ok());
}

void Workshop::wait_for_state(const std::string& id, const std::string& wanted) {
  catalog.wait_for([&] { return state(id) == wanted; });
}

std::unique_ptr<Engine> Workshop::start(std::vector<JobKind> kinds, EngineOptions options) {
  if (options.holder.empty()) options.holder = "me";
  options.poll = std::chrono::milliseconds(5);
  return Engine::start(catalog, context, std::move(options), std::move(kinds));
}

}  // namespace salvor::jobs::testing
