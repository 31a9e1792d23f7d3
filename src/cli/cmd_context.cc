#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/context_store.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

// The contexts without their keys.
Json contexts_for_programs(const ContextStore& store) {
  Json list = Json::array();
  for (const LoginContext& context : store.all()) {
    list.push_back({{"name", context.name},
                    {"server", context.endpoint.url},
                    {"current", context.name == store.current_name()}});
  }
  return Json{{"items", std::move(list)}};
}

Result<ExitCode> list_contexts(Session& session, const Arguments&) {
  TRY(const ContextStore store, ContextStore::load(session.io().environment));
  std::ostream& out = session.io().out;
  if (session.format() == Format::json || session.format() == Format::yaml) {
    out << document_text(contexts_for_programs(store), session.format());
    return ExitCode::ok;
  }
  Table table({{"CURRENT"}, {"NAME"}, {"SERVER"}});
  for (const LoginContext& context : store.all()) {
    const bool is_current = context.name == store.current_name();
    table.add({{is_current ? "*" : ""}, {context.name}, {context.endpoint.url}});
    if (session.format() == Format::name) out << visible(context.name) << "\n";
  }
  if (session.format() == Format::name) return ExitCode::ok;
  if (table.empty()) session.io().err << "no contexts yet; run salvor login SERVER\n";
  out << table.text(session.out_style(), session.table_width());
  return ExitCode::ok;
}

Result<ExitCode> use_context(Session& session, const Arguments& arguments) {
  TRY(ContextStore store, ContextStore::load(session.io().environment));
  TRY_VOID(store.use(arguments.text("NAME")));
  TRY_VOID(store.save());
  session.io().out << "context '" << visible(arguments.text("NAME")) << "' is the current one\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> context_commands() {
  return {
      {.path = "context list", .summary = "List the contexts", .run = list_contexts},
      {.path = "context use",
       .summary = "Make a context the current one",
       .positionals = {{.name = "NAME", .doc = "The context", .offers = Offers::contexts}},
       .run = use_context},
  };
}

}  // namespace salvor::cli
