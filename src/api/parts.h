// What the handlers of the API work with, handed in once by who builds the server.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/context.h"
#include "base/log.h"
#include "base/result.h"
#include "base/seal.h"
#include "catalog/catalog.h"

namespace salvor::api {

// Calls out of the API into the rest of the server. Each may be empty; all are called on threads of
// handlers, several at once, and must return soon.
struct Hooks {
  // A job was made or asked to stop.
  std::function<void()> jobs_changed;
  // A cluster was added, changed or removed.
  std::function<void(const std::string& cluster_id)> cluster_changed;
  // Whether a kubeconfig can be read at all. The API itself cannot reach a cluster.
  std::function<Result<void>(const std::string& kubeconfig)> check_kubeconfig;
};

struct Options {
  // Put before the paths of `Location`, such as "https://backup.example.org"; empty: paths alone.
  std::string base_url;
  // Origins of web pages that may call; "*" for all, none: no CORS headers at all.
  std::vector<std::string> cors_origins;
  // How long a request may wait for the catalog.
  std::chrono::seconds request_timeout{30};
};

// Borrowed by every handler. All of it must outlive the Api.
struct Parts {
  catalog::Catalog& catalog;
  Clock& clock;
  Log& log;
  const Sealer& sealer;
  const Hooks& hooks;
  const Options& options;
};

}  // namespace salvor::api
