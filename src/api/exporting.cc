#include <nlohmann/json.hpp>

#include "api/exchange.h"
#include "api/extended_json.h"
#include "api/responses.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

// Documents read at once, so that one export holds no reader for long.
constexpr std::uint64_t kDocumentsAtOnce = 1000;

Result<void> append_documents(const Parts& parts, Context& context,
                              const schema::Resource& resource, std::string& body) {
  catalog::Query query;
  query.limit = kDocumentsAtOnce;
  query.count_total = false;
  while (true) {
    TRY(const catalog::Page page, parts.catalog.find(context, resource.path, query));
    for (const catalog::Document& document : page.documents) {
      if (body.back() != '[') body += ", ";
      body += wire_json(to_extended(resource, document));
    }
    if (page.documents.size() < kDocumentsAtOnce) return {};
    query.skip += kDocumentsAtOnce;
  }
}

}  // namespace

Result<http::Response> export_catalog(const Parts& parts, Context& context) {
  std::string body = "{";
  for (const schema::Resource* resource : resources::all()) {
    body += (body.size() > 1 ? ", \"" : "\"") + resource->path + "\": [";
    TRY_VOID(append_documents(parts, context, *resource, body));
    body += "]";
  }
  return json_response(body + "}");
}

}  // namespace salvor::api
