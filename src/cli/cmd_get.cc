#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/lookup.h"
#include "cli/print.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::int64_t kRowsDefault = 500;

Result<std::int64_t> limit_of(const Session& session, const Arguments& arguments) {
  const std::string text = arguments.text("limit");
  if (text.empty()) return is_for_programs(session.format()) ? 0 : kRowsDefault;
  std::int64_t limit = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, limit);
  if (failure != std::errc() || rest != end || limit < 0) {
    return usage_error("'" + text + "' is not a number of rows", "0 means all");
  }
  return limit;
}

Result<ListQuery> query_of(const Session& session, const Arguments& arguments, const Kind& kind) {
  ListQuery query;
  if (arguments.has("where")) {
    Result<Json> where = parse_json(arguments.text("where"));
    if (!where.ok() || !where->is_object()) {
      return usage_error("--where is not a JSON object",
                         R"(write it as '{"state":"READY"}', in single quotes)");
    }
    query.where = *std::move(where);
  }
  query.sort = arguments.text("sort");
  TRY(query.limit, limit_of(session, arguments));
  if (!is_for_programs(session.format())) query.embedded = embedded_of(kind);
  return query;
}

Result<ExitCode> get_list(Session& session, const Arguments& arguments, const Kind& kind) {
  TRY(const ListQuery query, query_of(session, arguments, kind));
  TRY(ApiClient api, session.connect());
  TRY(const Listing found, api.list(kind.path(), query));
  if (found.items.empty() && !is_for_programs(session.format())) {
    session.io().err << "no " << kind.path() << " found\n";
    return ExitCode::ok;
  }
  print_documents(session, kind, found.items, Shape::list);
  const auto shown = static_cast<std::int64_t>(found.items.size());
  if (shown < found.total && !is_for_programs(session.format())) {
    session.io().err << grouped(shown) << " of " << grouped(found.total)
                     << " shown; --limit 0 shows all\n";
  }
  return ExitCode::ok;
}

Result<ExitCode> get(Session& session, const Arguments& arguments) {
  // kubectl's form is understood too: get clusters/web.
  std::string word = arguments.text("RESOURCE");
  std::string name = arguments.text("NAME");
  const std::size_t slash = word.find('/');
  if (slash != std::string::npos && name.empty()) {
    name = word.substr(slash + 1);
    word.resize(slash);
  }
  TRY(const Kind* kind, kinds().require(word));
  if (name.empty()) return get_list(session, arguments, *kind);
  if (arguments.has("where")) return usage_error("NAME and --where exclude each other");
  TRY(ApiClient api, session.connect());
  TRY(const Json document, find_object(api, *kind, name));
  print_documents(session, *kind, {document}, Shape::one);
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> get_commands() {
  return {
      {.path = "get",
       .summary = "Show objects",
       .details = "Examples:\n"
                  "  salvor get points --where '{\"state\":\"READY\"}' --sort -start_time\n"
                  "  salvor get job 5f80d0a8f281487d59c69f5e -o yaml",
       .positionals = {{.name = "RESOURCE",
                        .doc = "What to show: clusters, backups, points, restores, jobs, "
                               "namespaces, claims, items, …",
                        .offers = Offers::kinds},
                       {.name = "NAME",
                        .doc = "A name or an id; without it all are listed",
                        .presence = Presence::optional,
                        .offers = Offers::objects}},
       .options = {{.name = "where", .value = "JSON", .doc = "Only those that match this filter"},
                   {.name = "sort",
                    .value = "FIELD",
                    .doc = "Order by this field, downwards with a - before it"},
                   {.name = "limit",
                    .value = "N",
                    .doc = "At most this many (tables: 500 unless said otherwise; 0: all)"}},
       .run = get}};
}

}  // namespace salvor::cli
