// The catalog: documents of REST resources, found by filters, changed in transactions. SQLite is
// the embedded implementation; every implementation passes testing/suite.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "schema/filter.h"
#include "schema/query.h"

namespace salvor::catalog {

// One stored document. `text` is its stored fields as one JSON object in the API's wire form
// (base/json.h wire_json), without id, etag and dates: a list can be answered without parsing it.
struct Document {
  std::string id;    // 24 hex
  std::string etag;  // 40 hex, opaque
  EpochSeconds created = 0;
  EpochSeconds updated = 0;
  std::string text;

  // The stored fields as a value.
  Json body() const;
};

using SortKey = schema::Sort;

struct Query {
  schema::Filter filter = {};      // matches everything when empty
  std::vector<SortKey> sort = {};  // then by insertion order
  std::uint64_t skip = 0;
  std::uint64_t limit = 25;
  bool count_total = true;
};

struct Page {
  std::vector<Document> documents;
  std::uint64_t total = 0;  // of all matches, when asked for
};

// Whether a write is a client's (new etag and _updated) or the server's own (both stay, so that a
// running job never disturbs a client's If-Match).
enum class Touch { client, server };

// A new document. Fails with conflict when the id exists (fact "field" = "_id") or a unique field's
// value does (fact "field" = its name).
struct Insert {
  std::string resource;
  std::string id;  // "" makes one
  Json body;
};
// Changes one document inside the transaction, so nobody else's write is lost. `edit` gets the
// stored fields and returns the new ones; its error aborts the whole transaction and comes back
// from commit. Fails with not_found; with conflict and fact "field" = "_etag" when if_etag is given
// and stale.
struct Edit {
  std::string resource;
  std::string id;
  std::optional<std::string> if_etag = {};
  Touch touch = Touch::server;
  std::function<Result<Json>(const Json& stored)> edit = {};
};
// New stored fields for one document whatever the old ones were, as the server's own change: id,
// etag and dates stay. For documents that only one writer has; cheaper than an Edit. Fails with
// not_found.
struct Replace {
  std::string resource;
  std::string id;
  Json body;
};
// Removes one document; not_found when there is none; if_etag as in Edit.
struct Remove {
  std::string resource;
  std::string id;
  std::optional<std::string> if_etag = {};
};
// Removes all matches; none is fine.
struct RemoveAll {
  std::string resource;
  schema::Filter filter = {};
};
// Stores a document exactly as it is, id, etag and dates included, over any of that id (import).
struct Put {
  std::string resource;
  Document document;
};
// Aborts the transaction with the error that `check` returns for the stored document (null when
// there is none). How a job's writes are fenced by its lease.
struct Require {
  std::string resource;
  std::string id;
  std::function<Result<void>(const Json* stored)> check;
};
// Aborts with conflict (facts "resource" and "document", the id of one match) when any matches.
struct RequireNone {
  std::string resource;
  schema::Filter filter = {};
};
using Change = std::variant<Insert, Edit, Replace, Remove, RemoveAll, Put, Require, RequireNone>;

// Applied in order, all or nothing.
struct Transaction {
  std::vector<Change> changes;
};

// Errors besides those above: exhausted (disk full), unavailable (busy or unreachable), corrupt.
// Any thread may call; readers never wait for the writer. Unknown resource names are a bug.
class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual Result<Document> get(Context& context, const std::string& resource,
                               const std::string& id) = 0;
  virtual Result<Page> find(Context& context, const std::string& resource, const Query& query) = 0;
  // The stored state of the document of each Insert, Edit and Put, in the order of these changes.
  // Durable when it returns.
  virtual Result<std::vector<Document>> commit(Context& context,
                                               const Transaction& transaction) = 0;
};

}  // namespace salvor::catalog
