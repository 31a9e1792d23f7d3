#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/print.h"
#include "cli/repository_flags.h"
#include "cli/secret_line.h"

namespace salvor::cli {
namespace {

// Keys of the environment belong together: a session token is only taken with its secret key.
Result<Json> credentials_of(const Io& io, const Arguments& arguments) {
  Json credentials = Json::object();
  const std::string access_key =
      arguments.text("access-key", io.environment("AWS_ACCESS_KEY_ID").value_or(""));
  if (access_key.empty()) {
    return usage_error("no access key is given", "give --access-key KEY, or set AWS_ACCESS_KEY_ID");
  }
  credentials["access_key"] = access_key;
  std::string secret;
  const auto from_environment = io.environment("AWS_SECRET_ACCESS_KEY");
  if (arguments.has("secret-key-file")) {
    TRY(secret, read_password(arguments.text("secret-key-file")).within("reading the secret key"));
  } else if (from_environment) {
    secret = *from_environment;
    const std::string token = io.environment("AWS_SESSION_TOKEN").value_or("");
    if (!token.empty()) credentials["session_token"] = token;
  } else {
    secret = read_secret_line(io, "Secret key of " + access_key);
  }
  if (secret.empty()) {
    return usage_error("no secret key is given",
                       "give --secret-key-file FILE, set AWS_SECRET_ACCESS_KEY, or write it to "
                       "standard input");
  }
  credentials["secret_key"] = std::move(secret);
  return credentials;
}

Result<Json> store_body(const Io& io, const Arguments& arguments) {
  for (const char* flag : {"endpoint", "bucket"}) {
    if (arguments.has(flag)) continue;
    return usage_error(std::string("--") + flag + " is missing", "salvor objectstore add --help");
  }
  Json body = {{"name", arguments.text("NAME")},
               {"provider_type", "aws"},
               {"bucket_name", arguments.text("bucket")},
               {"s3provider", {{"endpoint", arguments.text("endpoint")}}}};
  for (const char* flag : {"prefix", "region"}) {
    if (arguments.has(flag)) body[flag] = arguments.text(flag);
  }
  if (arguments.has("virtual-host")) body["path_style"] = false;
  if (arguments.has("locked")) body["locked"] = true;
  if (arguments.has("skip-tls-verification")) body["skip_tls_certificate_validation"] = true;
  if (arguments.has("ca-certificate")) {
    TRY(body["ca_certificate"],
        read_file(arguments.text("ca-certificate")).within("reading the certificate"));
  }
  TRY(body["s3provider"]["credentials"], credentials_of(io, arguments));
  return body;
}

Result<ExitCode> add_store(Session& session, const Arguments& arguments) {
  TRY(const Kind* kind, kinds().require("objectstores"));
  TRY(const Json body, store_body(session.io(), arguments));
  TRY(ApiClient api, session.connect());
  const std::string what = "object store '" + arguments.text("NAME") + "'";
  TRY(const Json store, api.post("objectstores", body).within("adding " + what));
  print_change(session, *kind, store, what + " added");
  return ExitCode::ok;
}

std::vector<Option> add_options() {
  return {
      {.name = "endpoint",
       .value = "URL",
       .doc = "The S3 server, such as https://s3.example.com:9000 (required)"},
      {.name = "bucket", .value = "NAME", .doc = "The bucket, which must be there (required)"},
      {.name = "prefix", .value = "FOLDER", .doc = "Folder in the bucket (default: all of it)"},
      {.name = "region", .value = "NAME", .doc = "Region of the bucket"},
      {.name = "access-key", .value = "KEY", .doc = "Access key [AWS_ACCESS_KEY_ID]"},
      {.name = "secret-key-file",
       .value = "FILE",
       .doc = "File whose first line is the secret key; else AWS_SECRET_ACCESS_KEY with "
              "AWS_SESSION_TOKEN, else it is read from standard input",
       .offers = Offers::files},
      {.name = "ca-certificate",
       .value = "FILE",
       .doc = "Certificates, as PEM, to check the S3 server's against",
       .offers = Offers::files},
      {.name = "skip-tls-verification",
       .takes = Takes::nothing,
       .doc = "Do not check the S3 server's certificate"},
      {.name = "locked",
       .takes = Takes::nothing,
       .doc = "Copies are locked there until their retention ends: nobody can remove them before. "
              "The bucket must have been made with object lock"},
      {.name = "virtual-host",
       .takes = Takes::nothing,
       .doc = "The bucket's name stands before the host's, not in the path"},
  };
}

}  // namespace

std::vector<Command> objectstore_commands() {
  return {{.path = "objectstore add",
           .summary = "Register storage for copies: a bucket of an S3 server",
           .details = "The server keeps the keys sealed and never shows them.",
           .positionals = {{.name = "NAME", .doc = "What to call the object store"}},
           .options = add_options(),
           .run = add_store}};
}

}  // namespace salvor::cli
