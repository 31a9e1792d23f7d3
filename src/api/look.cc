#include "api/look.h"

#include <nlohmann/json.hpp>

#include "api/embed.h"
#include "api/problem.h"

namespace salvor::api {
namespace {

std::string plain_item(const View& view, const catalog::Document& document,
                       std::string_view links_tail) {
  const std::string shown = view.visible_text(document);
  return view.item(document, shown, view.related(shown), links_tail);
}

}  // namespace

Result<Look> read_look(const http::Target& target) {
  Look look;
  const auto as_400 = [](const Error& failure) { return refusal(400, failure.message); };
  if (const std::string* text = target.find("projection"); text && !text->empty()) {
    Result<schema::Projection> projection = schema::parse_projection(*text);
    if (!projection) return as_400(projection.error());
    look.projection = std::move(projection).value();
  }
  if (const std::string* text = target.find("embedded"); text && !text->empty()) {
    Result<std::vector<std::string>> embedded = schema::parse_embedded(*text);
    if (!embedded) return as_400(embedded.error());
    look.embedded = std::move(embedded).value();
  }
  return look;
}

Result<std::vector<std::string>> present(Context& context, catalog::Catalog& catalog,
                                         const View& view, const Look& look,
                                         const std::vector<catalog::Document>& documents,
                                         std::string_view links_tail) {
  std::vector<std::string> items;
  items.reserve(documents.size());
  if (look.is_plain()) {
    for (const catalog::Document& document : documents) {
      items.push_back(plain_item(view, document, links_tail));
    }
    return items;
  }
  // Links name what was shown before embedding took the ids away.
  std::vector<Json> bodies;
  std::vector<std::string> related;
  for (const catalog::Document& document : documents) {
    Json body = document.body();
    schema::hide(view.resource(), body);
    bodies.push_back(look.projection.apply(body));
    related.push_back(view.related(wire_json(bodies.back())));
  }
  std::vector<Json*> borrowed;
  for (Json& body : bodies) borrowed.push_back(&body);
  TRY_VOID(embed(context, catalog, view.resource(), borrowed, look.embedded));
  for (std::size_t i = 0; i < documents.size(); ++i) {
    items.push_back(view.item(documents[i], wire_json(bodies[i]), related[i], links_tail));
  }
  return items;
}

}  // namespace salvor::api
