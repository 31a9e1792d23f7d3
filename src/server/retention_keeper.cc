#include "server/retention_keeper.h"

#include "backup/retention.h"

namespace salvor::server {
namespace {

constexpr std::chrono::seconds kEvery{60};

}  // namespace

RetentionKeeper::RetentionKeeper(catalog::Catalog& catalog, Context context,
                                 std::function<void()> jobs_changed)
    : catalog_(catalog),
      context_(context),
      jobs_changed_(std::move(jobs_changed)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void RetentionKeeper::run(const std::stop_token& stop) {
  Context context = context_.stopped_by(stop);
  do {
    const auto ordered = backup::order_removals(context, catalog_);
    if (ordered.ok() && *ordered > 0) {
      context.log.info("recovery points whose time is over are removed",
                       {{"count", std::to_string(*ordered)}});
      jobs_changed_();
    }
    if (!ordered.ok() && !context.stopped()) {
      context.log.error("recovery points whose time is over cannot be removed",
                        {{"error", ordered.error().describe()}});
    }
  } while (context.wait(kEvery).ok());
}

}  // namespace salvor::server
