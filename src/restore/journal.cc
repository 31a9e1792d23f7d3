#include "restore/journal.h"

#include "base/random.h"

namespace salvor::restore {
namespace {

constexpr std::uint64_t kPage = 1000;

schema::Filter entry_of(const std::string& job, StepNumber step) {
  return schema::all_of({schema::equals("job_id", job), schema::equals("seq", step)});
}

}  // namespace

Result<Journal> Journal::open(Context& context, catalog::Catalog& catalog, const Sealer& sealer,
                              const std::string& job) {
  Journal journal(catalog, sealer, job);
  std::uint64_t next = 0;
  while (true) {
    TRY(const catalog::Page page,
        catalog.find(context, kJournal,
                     {.filter = schema::all_of(
                          {schema::equals("job_id", job), schema::greater_equal("seq", next)}),
                      .sort = {{"seq", false}},
                      .limit = kPage,
                      .count_total = false}));
    for (const catalog::Document& document : page.documents)
      journal.steps_.insert(document.body()["seq"].get<StepNumber>());
    if (page.documents.size() < kPage) return journal;
    next = *journal.steps_.rbegin() + 1U;
  }
}

Result<void> Journal::keep(jobs::JobRun& run, const Step& step, const Json& prior) const {
  Json entry = Json::object();
  entry["job_id"] = job_;
  entry["seq"] = step.number;
  entry["kind"] = step.type.kind;
  entry["namespace"] = step.target_namespace;
  entry["name"] = step.target_name;
  entry["prior"] = sealer_->seal(compact(prior));
  const std::string id = new_object_id(run.context().clock.wall_seconds());
  std::vector<catalog::Change> changes;
  changes.emplace_back(catalog::RemoveAll{kJournal, entry_of(job_, step.number)});
  changes.emplace_back(catalog::Insert{kJournal, id, std::move(entry)});
  return run.commit(std::move(changes));
}

Result<Json> Journal::prior(Context& context, StepNumber step) const {
  TRY(const catalog::Page page,
      catalog_->find(context, kJournal,
                     {.filter = entry_of(job_, step), .limit = 1, .count_total = false}));
  if (page.documents.empty())
    return error(ErrorCode::not_found, "the journal has no entry for step " + std::to_string(step));
  TRY(const std::string text, sealer_->open(text_at(page.documents[0].body(), "prior")));
  return parse_json(text);
}

}  // namespace salvor::restore
