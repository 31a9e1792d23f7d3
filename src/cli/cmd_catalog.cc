#include <istream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

Result<ExitCode> export_catalog(Session& session, const Arguments&) {
  TRY(ApiClient api, session.connect());
  TRY(const std::string text, api.get_text("catalog/export").within("exporting the catalog"));
  session.io().out << text;
  if (!text.ends_with('\n')) session.io().out << "\n";
  session.io().out.flush();
  if (!session.io().out) return error(ErrorCode::exhausted, "standard output took not everything");
  return ExitCode::ok;
}

// "imported 2 kubeclusters, 14 jobs", from {"imported": {"kubeclusters": 2, "jobs": 14}}.
std::string imported(const Json& answer) {
  std::string text;
  const Json& counts = member(answer, "imported");
  for (const auto& [resource, count] : counts.items()) {
    if (count.is_number_integer() && count != 0) {
      text += (text.empty() ? " " : ", ") + grouped(count.get<std::int64_t>()) + " " + resource;
    }
  }
  return "imported" + (text.empty() ? " nothing" : visible(text));
}

Result<ExitCode> import_catalog(Session& session, const Arguments& arguments) {
  if (session.io().in_audience == Audience::terminal) {
    return usage_error("the catalog is read from standard input",
                       "salvor catalog import < catalog.json");
  }
  const std::string text(std::istreambuf_iterator<char>(session.io().in), {});
  // The server checks the rest; this tells a cut file before anything is sent.
  const Result<Json> document = parse_json(text);
  if (!document.ok()) {
    return error(ErrorCode::invalid,
                 "standard input is not an exported catalog: " + document.error().message);
  }
  TRY(ApiClient api, session.connect());
  const std::string path =
      arguments.has("replace") ? "catalog/import?replace=true" : "catalog/import";
  TRY(const Json answer, api.post_text(path, text).within("importing the catalog"));
  if (session.format() == Format::json || session.format() == Format::yaml) {
    session.io().out << document_text(answer, session.format());
  } else {
    session.io().out << imported(answer) << "\n";
  }
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> catalog_commands() {
  return {{.path = "catalog export",
           .summary = "Write all of the server's documents to standard output",
           .run = export_catalog},
          {.path = "catalog import",
           .summary = "Read what export wrote from standard input",
           .options = {{.name = "replace",
                        .takes = Takes::nothing,
                        .doc = "Remove what the server has now first"}},
           .run = import_catalog}};
}

}  // namespace salvor::cli
