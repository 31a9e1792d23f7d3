#include "cli/print.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/csv.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

void print_names(Session& session, const Kind& kind, const std::vector<Json>& items) {
  for (const Json& item : items) {
    const std::string name = text_at(item, "name");
    const std::string& shown = name.empty() ? text_at(item, "_id") : name;
    session.io().out << kind.path() << "/" << visible(shown) << "\n";
  }
}

}  // namespace

void print_documents(Session& session, const Kind& kind, const std::vector<Json>& items,
                     Shape shape) {
  std::ostream& out = session.io().out;
  switch (session.format()) {
    case Format::name:
      print_names(session, kind, items);
      return;
    case Format::csv:
      out << csv_text(*kind.resource, items);
      return;
    case Format::json:
    case Format::yaml:
      out << document_text(shape == Shape::one ? items.front() : Json{{"items", items}},
                           session.format());
      return;
    case Format::table:
    case Format::wide: {
      const Width width = session.format() == Format::wide ? Width::wide : Width::usual;
      const Table table = table_of(kind, items, width, session.io().clock.wall_seconds());
      out << table.text(session.out_style(), session.table_width());
      return;
    }
  }
}

void print_change(Session& session, const Kind& kind, const Json& document,
                  const std::string& sentence) {
  if (is_for_programs(session.format())) {
    print_documents(session, kind, {document}, Shape::one);
  } else {
    session.io().out << visible(sentence) << "\n";
  }
}

}  // namespace salvor::cli
