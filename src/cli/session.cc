#include "cli/session.h"

#include "cli/context_store.h"
#include "cli/files.h"
#include "cli/server_address.h"

namespace salvor::cli {
namespace {

// A flag, else an environment variable, else "".
std::string setting(const Arguments& arguments, const std::string& flag, const Io& io,
                    const std::string& variable) {
  if (arguments.has(flag)) return arguments.text(flag);
  return io.environment(variable).value_or("");
}

}  // namespace

Session::Session(const Io& io, const Arguments& arguments, std::string version)
    : io_(io),
      arguments_(arguments),
      version_(std::move(version)),
      context_{io.clock, null_log(), io.stop ? io.stop() : std::stop_token(), {}},
      format_(format_of(arguments.text("output", "table"))) {}

std::size_t Session::table_width() const {
  const bool fits = format_ == Format::table && io_.out_audience == Audience::terminal;
  return fits ? io_.width : 0;
}

Result<ApiClient> Session::connect() {
  std::string server = setting(arguments_, "server", io_, "SALVOR_SERVER");
  if (!server.empty()) {
    TRY(server, server_address(server));
  }
  const std::string key_file = setting(arguments_, "key-file", io_, "SALVOR_KEY_FILE");
  LoginContext login;
  // With both given no context is needed, so a broken contexts file does not matter.
  if (server.empty() || key_file.empty()) {
    TRY(const ContextStore store, ContextStore::load(io_.environment));
    const LoginContext* current = store.current();
    // A key is only ever sent to the server it was made for.
    const bool is_same = server.empty() || (current != nullptr && server == current->endpoint.url);
    if (current != nullptr && is_same) login = *current;
  }
  if (!server.empty()) login.endpoint.url = server;
  if (login.endpoint.url.empty()) {
    return usage_error("no server is known",
                       "run salvor login SERVER, or give --server and --key-file");
  }
  if (!key_file.empty()) {
    TRY(login.key, read_key(key_file));
  }
  if (login.key.empty()) {
    return error(ErrorCode::denied, "no key for " + login.endpoint.url)
        .with_hint("give --key-file or set SALVOR_KEY_FILE");
  }
  if (arguments_.has("ca-file")) login.endpoint.ca_file = arguments_.text("ca-file");
  if (arguments_.has("insecure-skip-verify")) login.endpoint.insecure_skip_verify = true;
  TRY(std::unique_ptr<ApiTransport> transport, io_.connect(login.endpoint));
  return ApiClient(context_, std::move(transport), login.key);
}

const std::vector<Option>& common_options() {
  static const std::vector<Option> options = {
      {.name = "server",
       .value = "URL",
       .doc = "The server, instead of the current context's [SALVOR_SERVER]"},
      {.name = "key-file",
       .value = "FILE",
       .doc = "File with the API key [SALVOR_KEY_FILE]",
       .offers = Offers::files},
      {.name = "ca-file",
       .value = "FILE",
       .doc = "Certificate authorities (PEM) to trust instead of the system's",
       .offers = Offers::files},
      {.name = "insecure-skip-verify",
       .takes = Takes::nothing,
       .doc = "Do not check the server's certificate"},
      {.name = "output",
       .letter = "o",
       .value = "FORMAT",
       .doc = "How to print: table, wide (nothing cut), json, yaml, csv or name",
       .words = format_names()},
  };
  return options;
}

}  // namespace salvor::cli
