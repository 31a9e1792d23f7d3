#include "cli/context_store.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/files.h"
#include "cli/yaml.h"

namespace salvor::cli {
namespace {

Result<std::string> store_path(const Environment& environment) {
  const std::optional<std::string> folder = environment("XDG_CONFIG_HOME");
  // The XDG specification tells to ignore a path that is not absolute.
  if (folder && folder->starts_with("/")) return *folder + "/salvor/contexts.yaml";
  const std::optional<std::string> home = environment("HOME");
  if (home && !home->empty()) return *home + "/.config/salvor/contexts.yaml";
  return error(ErrorCode::invalid, "no place for the contexts file")
      .with_hint("set HOME or XDG_CONFIG_HOME, or use --server and --key-file");
}

LoginContext context_of(const Json& entry) {
  return {.name = text_at(entry, "name"),
          .endpoint = {.url = text_at(entry, "server"),
                       .ca_file = text_at(entry, "ca_file"),
                       .insecure_skip_verify = member(entry, "insecure_skip_verify") == true},
          .key = text_at(entry, "key")};
}

Json entry_of(const LoginContext& context) {
  Json entry = {{"name", context.name}, {"server", context.endpoint.url}, {"key", context.key}};
  if (!context.endpoint.ca_file.empty()) entry["ca_file"] = context.endpoint.ca_file;
  if (context.endpoint.insecure_skip_verify) entry["insecure_skip_verify"] = true;
  return entry;
}

}  // namespace

Result<ContextStore> ContextStore::load(const Environment& environment) {
  ContextStore store;
  TRY(store.path_, store_path(environment));
  if (!std::filesystem::exists(store.path_)) return store;
  TRY(const std::string text, read_file(store.path_));
  TRY(const Json document, parse_yaml(text).within("reading " + store.path_));
  const Json& contexts = member(document, "contexts");
  const bool is_ours =
      contexts.is_array() && std::all_of(contexts.begin(), contexts.end(), [](const Json& entry) {
        return !text_at(entry, "name").empty() && !text_at(entry, "server").empty();
      });
  if (!is_ours) {
    return error(ErrorCode::invalid, store.path_ + " is not a contexts file")
        .with_hint("move it away and run salvor login again");
  }
  for (const Json& entry : contexts) store.contexts_.push_back(context_of(entry));
  store.current_ = text_at(document, "current");
  return store;
}

const LoginContext* ContextStore::find(const std::string& name) const {
  for (const LoginContext& context : contexts_) {
    if (context.name == name) return &context;
  }
  return nullptr;
}

void ContextStore::put(LoginContext context) {
  std::erase_if(contexts_, [&](const LoginContext& other) { return other.name == context.name; });
  current_ = context.name;
  contexts_.push_back(std::move(context));
}

Result<void> ContextStore::use(const std::string& name) {
  if (find(name) == nullptr) {
    std::string names;
    for (const LoginContext& context : contexts_)
      names += (names.empty() ? "" : ", ") + context.name;
    return error(ErrorCode::not_found, "no context is called '" + name + "'")
        .with_hint(names.empty() ? "run salvor login SERVER first" : "there are: " + names);
  }
  current_ = name;
  return {};
}

Result<void> ContextStore::save() const {
  Json contexts = Json::array();
  for (const LoginContext& context : contexts_) contexts.push_back(entry_of(context));
  const Json document = {{"current", current_}, {"contexts", std::move(contexts)}};
  return write_private_file(path_, to_yaml(document)).within("saving the contexts");
}

}  // namespace salvor::cli
