#include "cli/kubeconfig.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/json.h"
#include "cli/yaml.h"

namespace salvor::cli {
namespace {

// Finds kubeconfig's form of a named thing: {name: web, cluster: {…}} in the list `clusters`.
Result<Json> named(const Json& config, const std::string& list, const std::string& inner,
                   const std::string& name) {
  const Json& entries = member(config, list);
  if (entries.is_array()) {
    for (const Json& entry : entries) {
      const Json& value = member(entry, inner);
      if (text_at(entry, "name") == name && value.is_object()) return value;
    }
  }
  return error(ErrorCode::invalid, "the kubeconfig has no " + inner + " '" + name + "'");
}

std::string context_names(const Json& config) {
  std::string names;
  const Json& contexts = member(config, "contexts");
  if (!contexts.is_array()) return names;
  for (const Json& entry : contexts) {
    names += (names.empty() ? "" : ", ") + text_at(entry, "name");
  }
  return names;
}

Result<void> refuse_login_programs(const Json& user, const std::string& user_name) {
  for (const char* way : {"exec", "auth-provider"}) {
    if (!member(user, way).is_null()) {
      return error(ErrorCode::invalid, "user '" + user_name + "' of the kubeconfig logs in by " +
                                           way + ", which works on your machine only")
          .with_hint("make a service account with a token for Salvor and use its kubeconfig");
    }
  }
  return {};
}

// What replaces a path: the member that holds the same thing itself.
struct FileMember {
  const char* path_member;
  const char* data_member;
  enum class Form { base64, text } form;
};

class Inliner {
 public:
  Inliner(const std::string& folder, const FileReader& read) : folder_(folder), read_(read) {}

  Result<void> inline_files(Json& object, const std::vector<FileMember>& members) const {
    for (const FileMember& file : members) {
      const std::string path = text_at(object, file.path_member);
      object.erase(file.path_member);
      // Kubernetes' clients prefer the data when both are there.
      if (path.empty() || !text_at(object, file.data_member).empty()) continue;
      TRY(std::string content, read_(absolute(path)).within("reading the kubeconfig"));
      const bool is_text = file.form == FileMember::Form::text;
      object[file.data_member] = is_text ? trimmed(std::move(content)) : encode_base64(content);
    }
    return {};
  }

 private:
  std::string absolute(const std::string& path) const {
    return path.starts_with("/") || folder_.empty() ? path : folder_ + "/" + path;
  }
  static std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
  }

  const std::string& folder_;
  const FileReader& read_;
};

}  // namespace

Result<std::string> self_contained_kubeconfig(const std::string& text,
                                              const std::string& context_name,
                                              const std::string& folder, const FileReader& read) {
  using Form = FileMember::Form;
  TRY(const Json config, parse_yaml(text).within("reading the kubeconfig"));
  const std::string chosen =
      context_name.empty() ? text_at(config, "current-context") : context_name;
  if (chosen.empty()) {
    return error(ErrorCode::invalid, "the kubeconfig names no current context")
        .with_hint("choose one with --context: " + context_names(config));
  }
  Result<Json> found = named(config, "contexts", "context", chosen);
  if (!found.ok()) {
    return std::move(found).error().with_hint("it has: " + context_names(config));
  }
  const Json context = *found;
  const std::string user_name = text_at(context, "user");
  const std::string cluster_name = text_at(context, "cluster");
  TRY(Json cluster, named(config, "clusters", "cluster", cluster_name));
  TRY(Json user, named(config, "users", "user", user_name));
  TRY_VOID(refuse_login_programs(user, user_name));

  const Inliner inliner(folder, read);
  TRY_VOID(inliner.inline_files(
      cluster, {{"certificate-authority", "certificate-authority-data", Form::base64}}));
  TRY_VOID(
      inliner.inline_files(user, {{"client-certificate", "client-certificate-data", Form::base64},
                                  {"client-key", "client-key-data", Form::base64},
                                  {"tokenFile", "token", Form::text}}));
  const auto only = [](const std::string& name, const std::string& inner, const Json& value) {
    return Json::array({Json{{"name", name}, {inner, value}}});
  };
  return to_yaml(Json{{"apiVersion", "v1"},
                      {"kind", "Config"},
                      {"current-context", chosen},
                      {"contexts", only(chosen, "context", context)},
                      {"clusters", only(cluster_name, "cluster", cluster)},
                      {"users", only(user_name, "user", user)}});
}

}  // namespace salvor::cli
