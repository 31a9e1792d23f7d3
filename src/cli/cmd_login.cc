#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/context_store.h"
#include "cli/secret_line.h"
#include "cli/server_address.h"
#include "cli/session.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

Result<std::string> key_for_login(const Io& io, const Arguments& arguments) {
  if (arguments.has("key-file")) return read_key(arguments.text("key-file"));
  return clean_key(read_secret_line(io, "API key"));
}

// "https://salvor.example.com:8443" is known as "salvor.example.com:8443".
std::string name_for(const std::string& url) { return url.substr(url.find("://") + 3); }

// A key that goes over the network in clear text is anybody's.
void warn_of_clear_text(const Io& io, const std::string& url) {
  for (const char* safe : {"https://", "http://127.", "http://localhost", "http://[::1]"}) {
    if (url.starts_with(safe)) return;
  }
  io.err << "warning: the key travels in clear text to " << visible(url) << "; use https\n";
}

Result<ExitCode> login(Session& session, const Arguments& arguments) {
  const Io& io = session.io();
  LoginContext context;
  TRY(context.endpoint.url, server_address(arguments.text("SERVER")));
  context.endpoint.ca_file = arguments.text("ca-file");
  context.endpoint.insecure_skip_verify = arguments.has("insecure-skip-verify");
  context.name = arguments.text("name", name_for(context.endpoint.url));
  warn_of_clear_text(io, context.endpoint.url);
  TRY(ContextStore store, ContextStore::load(io.environment));
  TRY(context.key, key_for_login(io, arguments));

  TRY(std::unique_ptr<ApiTransport> transport, io.connect(context.endpoint));
  ApiClient api(session.context(), std::move(transport), context.key);
  TRY_VOID(api.count("kubeclusters", Json()).within("logging in to " + context.endpoint.url));

  const std::string name = context.name;
  store.put(std::move(context));
  TRY_VOID(store.save());
  io.out << "logged in; context '" << visible(name) << "' is the current one\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> login_commands() {
  return {{.path = "login",
           .summary = "Check a key against a server and remember both",
           .details = "The key is read from --key-file, else from standard input. It is kept in\n"
                      "~/.config/salvor/contexts.yaml, which only you can read.",
           .positionals = {{.name = "SERVER", .doc = "The server's address"}},
           .options = {{.name = "name",
                        .value = "NAME",
                        .doc = "What to call the context (default: the server's host)"}},
           .run = login}};
}

}  // namespace salvor::cli
