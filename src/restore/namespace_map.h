// Where each namespace of a backup goes: the map wins, else prefix + name + suffix (the seed).
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/result.h"

namespace salvor::restore {

// RFC 1123 label: up to 63 of [a-z0-9-], first and last not '-'.
bool is_dns_label(const std::string& text);

// A value.
class NamespaceMap {
 public:
  NamespaceMap() = default;
  NamespaceMap(std::map<std::string, std::string> map, std::string prefix, std::string suffix)
      : map_(std::move(map)), prefix_(std::move(prefix)), suffix_(std::move(suffix)) {}

  // "" (cluster scope) stays "".
  std::string target_of(const std::string& source) const;
  bool renames(const std::string& source) const { return target_of(source) != source; }
  // Whether any namespace at all could change its name.
  bool is_identity() const { return map_.empty() && prefix_.empty() && suffix_.empty(); }

  // The same for these namespaces alone: all others keep their names, since references to a
  // namespace that is not restored must not be rewritten. Only names that change are its entries.
  NamespaceMap restricted_to(const std::set<std::string>& sources) const;
  const std::map<std::string, std::string>& entries() const { return map_; }

  // Fails with invalid, naming source and target, when a target is no DNS label or two sources
  // would land on one target.
  Result<void> check(const std::set<std::string>& sources) const;

 private:
  std::map<std::string, std::string> map_;
  std::string prefix_;
  std::string suffix_;
};

}  // namespace salvor::restore
