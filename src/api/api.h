// The REST API: CloudCasa's resources in Python Eve's dialect, over a catalog. Takes whole HTTP
// requests and gives whole responses; what it wants done it writes as jobs into the catalog, and it
// never reaches a cluster or a store itself.
#pragma once

#include <memory>
#include <string>

#include "api/parts.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/seal.h"
#include "catalog/catalog.h"
#include "http/message.h"

namespace salvor::api {

class Api {
 public:
  // The catalog, clock and log must outlive it. Secrets of clients are sealed with the sealer.
  Api(catalog::Catalog& catalog, Clock& clock, Log& log, Sealer sealer, Hooks hooks = {},
      Options options = {});
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // Answers one request; never fails, never throws. Any number of threads may call. Fits
  // http::Handler. The answer to a HEAD has the body of the GET: the edge sends its length alone.
  http::Response handle(const http::Request& request) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The answer of a refusal that the HTTP edge makes itself, in the API's form. Fits
// http::RefusalBody.
http::Response refusal_body(int status, const std::string& message);

// Makes sure that somebody can use the API: with no ADMIN key in the catalog, the key in the file
// becomes one, or a fresh one that is written there (mode 0600, its folder must exist). Does
// nothing when there is an ADMIN key. Fails with denied or exhausted when the file cannot be
// written, with invalid when what it holds is no key.
Result<void> ensure_admin_key(Context& context, catalog::Catalog& catalog, const std::string& file);

}  // namespace salvor::api
