#include "catalog/testing/random_widgets.h"

#include <nlohmann/json.hpp>

namespace salvor::catalog {

Json RandomWidgets::number() {
  static const Json kNumbers[] = {0, 1, 2, 3, 9007199254740993, -1};
  return kNumbers[below(6)];
}

Json RandomWidgets::text() {
  static const Json kTexts[] = {"a", "b", "B", "ä", "", "1", "a.b", "x \"y\" \\ z"};
  return kTexts[below(8)];
}

Json RandomWidgets::id() { return std::string(24, static_cast<char>('a' + below(3))); }

Json RandomWidgets::document(const std::string& name) {
  Json body = {{"name", name}};
  const auto maybe = [&](const char* field, Json value) {
    if (chance(60)) body[field] = std::move(value);
  };
  maybe("state", chance(50) ? "READY" : "PENDING");
  maybe("size", number());
  maybe("weight", chance(50) ? Json(0.5 * below(4)) : number());
  maybe("ready", chance(50));
  maybe("shiny", chance(50));
  maybe("owner", id());
  maybe("note", chance(30) ? Json() : text());
  maybe("words", chance(20) ? Json::array() : Json({text(), text()}));
  maybe("numbers", Json({number(), number()}));
  maybe("friends", Json({id()}));
  maybe("labels", Json{{"app", text()}, {"app.kubernetes.io/name", text()}, {"k\"e", text()}});
  maybe("tags", Json{{"a", number()}, {"b", {{"c", text()}}}});
  maybe("place", Json{{"zone", text()}, {"floor", number()}, {"lit", chance(50)}});
  maybe("parts", Json({Json{{"name", text()}, {"weight", number()}}, Json{{"name", text()}}}));
  static const Json kAny[] = {1, "a", true, nullptr, Json::array({1, "a"}), {{"c", 1}}};
  maybe("extra", kAny[below(6)]);
  return body;
}

std::string RandomWidgets::path() {
  static const char* const kPaths[] = {"name",
                                       "state",
                                       "size",
                                       "weight",
                                       "ready",
                                       "shiny",
                                       "owner",
                                       "note",
                                       "words",
                                       "numbers",
                                       "friends",
                                       "labels.app",
                                       "labels",
                                       "labels.k\"e",
                                       "tags.a",
                                       "tags.b.c",
                                       "place.zone",
                                       "place.floor",
                                       "place.lit",
                                       "place",
                                       "parts.name",
                                       "parts",
                                       "parts.weight",
                                       "parts.0.name",
                                       "extra",
                                       "extra.c",
                                       "nosuch",
                                       "name.x",
                                       "words.1",
                                       "labels.none",
                                       "labels.app.kubernetes.io/name"};
  return kPaths[below(std::size(kPaths))];
}

Json RandomWidgets::operand() {
  switch (below(10)) {
    case 0:
      return Json();
    case 1:
      return chance(50);
    case 2:
      return id();
    case 3:
      return 0.5 * below(4);
    case 4:
      return chance(50) ? "READY" : "PENDING";
    case 5:
    case 6:
      return text();
    default:
      return number();
  }
}

Json RandomWidgets::operands() {
  Json list = Json::array();
  for (unsigned n = below(4); n > 0; --n) list.push_back(operand());
  return list;
}

Json RandomWidgets::condition() {
  static const char* const kOrdered[] = {"$gt", "$gte", "$lt", "$lte", "$eq", "$ne"};
  switch (below(10)) {
    case 0:
      return operand();
    case 1:
      return {{"$in", operands()}};
    case 2:
      return {{"$nin", operands()}};
    case 3:
      return {{"$exists", chance(50)}};
    case 4:
      return {{"$not", {{kOrdered[below(6)], operand()}}}};
    case 5:
      return chance(50) ? Json{{"$size", below(3)}} : Json{{"$mod", {2, below(2)}}};
    case 6:
      return chance(50) ? Json{{"$all", operands()}}
                        : Json{{"$type", {"string", "bool", "int", "array", "null"}}};
    case 7:
      return chance(50) ? Json{{"$elemMatch", {{"$gte", operand()}}}}
                        : Json{{"$elemMatch", {{"name", operand()}}}};
    default:
      return {{kOrdered[below(6)], operand()}, {"$ne", operand()}};
  }
}

Json RandomWidgets::where(int depth) {
  if (depth == 0 || chance(50)) return {{path(), condition()}};
  static const char* const kWords[] = {"$and", "$or", "$nor"};
  Json parts = Json::array();
  for (unsigned n = 1 + below(3); n > 0; --n) parts.push_back(where(depth - 1));
  return {{kWords[below(3)], std::move(parts)}};
}

}  // namespace salvor::catalog
