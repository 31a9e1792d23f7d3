// The catalog as one JSON document, out and in: {"kubeclusters": [{...}, ...], ...} in MongoDB's
// extended JSON (ids and references as {"$oid": "..."}, dates as {"$date": "..."}). Nothing is left
// out: secrets are in it as they are stored, sealed, and keys as hashes.
#pragma once

#include "api/parts.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::api {

// 200 with every document of every resource, in the order of insertion.
Result<http::Response> export_catalog(const Parts& parts, Context& context);

// Takes such a document, or plain strings in place of the extended forms; all of it or nothing.
// Documents keep ids, etags and dates, and replace those of the same id. With `replace=true` the
// collections named are emptied first. Refuses what the resources do not declare and, unless
// `allow_missing=true`, references to documents that would not exist afterwards. 200 with the
// number of documents of each resource.
Result<http::Response> import_catalog(const Parts& parts, Context& context,
                                      const http::Request& request, const http::Target& target);

}  // namespace salvor::api
