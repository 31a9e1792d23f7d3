// What a client wants to see of documents: `projection` and `embedded`, and the texts that come of
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/view.h"
#include "base/context.h"
#include "base/result.h"
#include "http/message.h"
#include "schema/query.h"

namespace salvor::api {

struct Look {
  schema::Projection projection;
  std::vector<std::string> embedded;

  bool is_plain() const { return projection.shows_all() && embedded.empty(); }
};

// Fails with 400 for parameters that are no JSON objects.
Result<Look> read_look(const http::Target& target);

// The wire text of each document; `links_tail` as in View::item().
Result<std::vector<std::string>> present(Context& context, catalog::Catalog& catalog,
                                         const View& view, const Look& look,
                                         const std::vector<catalog::Document>& documents,
                                         std::string_view links_tail = {});

}  // namespace salvor::api
