// MongoDB's extended JSON for stored documents, as `mongoexport` writes it: ids and references as
// {"$oid": "..."}, dates as {"$date": "2020-10-09T21:05:44Z"}.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "catalog/catalog.h"
#include "schema/resource.h"

namespace salvor::api {

// The whole document, hidden fields included.
Json to_extended(const schema::Resource& resource, const catalog::Document& document);

// A document read back, or all that is wrong with it by field name.
struct Imported {
  catalog::Document document;
  Json body;
  std::vector<schema::Reference> references;
  Json issues = Json::object();
};

// Reads documents of one resource whoever owns their fields. Plain strings do in place of the
// extended forms, RFC 1123 dates included. A missing id, etag or date is made; `_links` is dropped;
// fields that the resource does not declare are refused.
class ExtendedReader {
 public:
  explicit ExtendedReader(const schema::Resource& resource);
  Imported read(const Json& text, EpochSeconds now) const;

 private:
  schema::Resource as_stored_;  // the same fields, none of them the server's
};

}  // namespace salvor::api
