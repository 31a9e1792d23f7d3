#include "server/serve.h"

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <ostream>

#include "api/api.h"
#include "backup/copy_job.h"
#include "backup/import_job.h"
#include "backup/job.h"
#include "backup/removal.h"
#include "base/random.h"
#include "catalog/sqlite.h"
#include "http/server.h"
#include "jobs/engine.h"
#include "objectstore/directory.h"
#include "proof/drill_job.h"
#include "proof/verify_job.h"
#include "restore/job.h"
#include "restore/plan_job.h"
#include "restore/undo_job.h"
#include "server/cluster_monitor.h"
#include "server/connect.h"
#include "server/copies.h"
#include "server/data_folder.h"
#include "server/retention_keeper.h"

namespace salvor::server {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Blocked in every thread that starts after, so that wait_for_signal() alone sees them.
void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int caught = 0;
  sigwait(&signals, &caught);
}

volume::MoverPlace mover_place(const Settings& settings) {
  return {.image = settings.mover_image, .namespace_name = settings.mover_namespace};
}

// Jobs may ask for it at once.
std::function<Result<SigningKey>()> evidence_key(const DataFolder& folder) {
  auto mutex = std::make_shared<std::mutex>();  // shared by all copies of the function
  return [mutex, path = folder.evidence_key_file()] {
    const std::lock_guard lock(*mutex);
    return load_or_make_signing_key(path);
  };
}

std::vector<jobs::JobKind> job_kinds(catalog::Catalog& catalog, objectstore::Store& store,
                                     const Sealer& sealer, const Connect& connect,
                                     const DataFolder& folder, const Settings& settings) {
  const OpenCopies open_copies = copies_opener(catalog, sealer, folder.repository_password());
  const volume::MoverPlace movers = mover_place(settings);
  restore::Ports restoring{
      catalog, store, sealer, connect, folder.scratch_folder(), settings.writes_in_flight, {}};
  restoring.movers = movers;
  restoring.open_copies = open_copies;
  const backup::CopyPorts copying{
      {catalog, store, connect, movers.namespace_name}, movers, open_copies};
  const proof::Ports proving{catalog, store, connect, open_copies, movers, evidence_key(folder)};
  const proof::DrillPorts drilling{
      catalog,
      connect,
      movers,
      proving.evidence_key,
      [restoring](jobs::JobRun& run) { return restore::run_restore(restoring, run); },
      [restoring](jobs::JobRun& run) { return restore::run_plan(restoring, run); }};
  return {proof::verify_kind(proving),         proof::drill_kind(drilling),
          backup::backup_kind(copying.backup), backup::copy_kind(copying),
          backup::removal_kind(copying),       backup::import_kind(copying),
          restore::restore_kind(restoring),    restore::plan_kind(restoring),
          restore::undo_kind(restoring)};
}

http::ServerOptions server_options(const Settings& settings) {
  http::ServerOptions options;
  options.address = settings.address;
  options.port = settings.port;
  if (!settings.tls_certificate.empty()) {
    options.tls = std::make_unique<http::TlsFiles>(
        http::TlsFiles{settings.tls_certificate, settings.tls_key});
  }
  return options;
}

std::string address_of(const Settings& settings, std::uint16_t port) {
  const std::string scheme = settings.tls_certificate.empty() ? "http" : "https";
  const bool is_ipv6 = settings.address.find(':') != std::string::npos;
  return scheme + "://" + (is_ipv6 ? "[" + settings.address + "]" : settings.address) + ":" +
         std::to_string(port);
}

// Parts in the order in which they need each other; they end in the opposite order: first no new
// requests, then the jobs are put down, then the rest.
Result<void> run(const Settings& settings, std::ostream& out) {
  block_signals();
  Log log(system_clock(), settings.log_level, stderr_sink());
  Context context{system_clock(), log, {}, {}};
  TRY(const DataFolder folder, DataFolder::open(settings.data));
  TRY(const auto catalog, catalog::open_sqlite(context, folder.catalog_file()));
  TRY(const auto store, objectstore::open_directory_store(folder.store_folder()));
  TRY_VOID(store->clean(context));
  TRY_VOID(api::ensure_admin_key(context, *catalog, folder.admin_key_file()));
  const Sealer sealer(folder.seal_key());
  const Connect connect = connector(sealer, {.host = environment("KUBERNETES_SERVICE_HOST"),
                                             .port = environment("KUBERNETES_SERVICE_PORT")});
  ClusterMonitor monitor(*catalog, context, connect, mover_place(settings));
  const auto engine =
      jobs::Engine::start(*catalog, context,
                          {.holder = "server-" + hex(random_bytes(6)),
                           .is_only_worker = true,
                           .jobs_max = settings.jobs},
                          job_kinds(*catalog, *store, sealer, connect, folder, settings));
  const RetentionKeeper keeper(*catalog, context, [&] { engine->notify(); });
  const api::Api api(*catalog, system_clock(), log, sealer,
                     {.jobs_changed = [&] { engine->notify(); },
                      .cluster_changed = [&](const std::string& id) { monitor.look_at(id); },
                      .check_kubeconfig = check_kubeconfig},
                     {.base_url = settings.base_url, .cors_origins = settings.cors_origins});
  TRY(const auto server, http::Server::start(
                             server_options(settings),
                             [&](const http::Request& request) { return api.handle(request); },
                             api::refusal_body, log));
  out << "listening on " << address_of(settings, server->port()) << std::endl;
  wait_for_signal();
  log.info("stopping");
  server->stop();
  engine->drain();
  return {};
}

}  // namespace

int serve(const std::vector<std::string>& words, std::ostream& out, std::ostream& err) {
  for (const std::string& word : words) {
    if (word != "--help" && word != "-h") continue;
    out << settings_help();
    return 0;
  }
  const auto settings = parse_settings(words);
  if (!settings.ok()) {
    err << "error: " << settings.error().message << "\nhint: " << settings.error().hint << "\n";
    return 2;
  }
  const auto ended = run(*settings, out);
  if (ended.ok()) return 0;
  err << "error: " << ended.error().message << "\n";
  if (!ended.error().hint.empty()) err << "hint: " << ended.error().hint << "\n";
  return 1;
}

}  // namespace salvor::server
