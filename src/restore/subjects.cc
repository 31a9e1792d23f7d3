#include "restore/subjects.h"

namespace salvor::restore {
namespace {

constexpr std::string_view kUserPrefix = "system:serviceaccount:";
constexpr std::string_view kGroupPrefix = "system:serviceaccounts:";

// "system:serviceaccount:shop:cart" split: the namespace and what follows it (":cart").
struct AccountUser {
  std::string namespace_name;
  std::string rest;
};

std::optional<AccountUser> account_user(const std::string& name) {
  if (!name.starts_with(kUserPrefix)) return std::nullopt;
  const std::string tail = name.substr(kUserPrefix.size());
  const std::size_t colon = tail.find(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  return AccountUser{tail.substr(0, colon), tail.substr(colon)};
}

std::optional<std::string> account_group(const std::string& name) {
  if (!name.starts_with(kGroupPrefix)) return std::nullopt;
  return name.substr(kGroupPrefix.size());
}

}  // namespace

std::optional<std::string> namespace_of_subject(const Json& subject) {
  const std::string kind = text_at(subject, "kind");
  const std::string name = text_at(subject, "name");
  if (kind == "ServiceAccount") return text_at(subject, "namespace");
  if (kind == "Group") return account_group(name);
  if (kind != "User") return std::nullopt;
  const auto user = account_user(name);
  return user ? std::optional(user->namespace_name) : std::nullopt;
}

Json mapped_subject(const Json& subject, const NamespaceMap& namespaces) {
  const auto source = namespace_of_subject(subject);
  if (!source) return subject;
  Json mapped = subject;
  const std::string target = namespaces.target_of(*source);
  const std::string kind = text_at(subject, "kind");
  if (kind == "ServiceAccount") {
    if (!source->empty()) mapped["namespace"] = target;
  } else if (kind == "Group") {
    mapped["name"] = std::string(kGroupPrefix) + target;
  } else {
    mapped["name"] =
        std::string(kUserPrefix) + target + account_user(text_at(subject, "name"))->rest;
  }
  return mapped;
}

}  // namespace salvor::restore
