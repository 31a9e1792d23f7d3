// What an archive has in it, held against what the catalog lists of its recovery point and against
// itself. For archives whose bytes are what was written: what was written may be wrong, too.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/item.h"
#include "base/json.h"
#include "proof/problem.h"

namespace salvor::proof {

// Of a claim, what decides where its data goes.
struct ClaimFacts {
  std::string storage_class;
  std::string volume;
  auto operator<=>(const ClaimFacts&) const = default;
};

// What the catalog says of the recovery point.
struct Listed {
  std::set<std::string> namespaces;
  std::map<std::string, ClaimFacts> claims;  // by "namespace/name"
  bool is_whole_cluster = false;             // the backup took all that the cluster had
};

// Gets each item of an archive once, in any order. Memory grows with claims and types alone, and
// with what is wrong.
class ArchiveContents {
 public:
  void add(const archive::ItemName& item, std::string_view json);
  std::vector<Problem> problems(const Listed& listed) const;

 private:
  void add_claim(const std::string& name, const Json& claim);
  void compare_claims(const Listed& listed, std::vector<Problem>& problems) const;
  void look_for_definitions(const Listed& listed, std::vector<Problem>& problems) const;

  std::set<std::string> namespaces_;
  std::map<std::string, ClaimFacts> claims_;
  std::set<std::string> custom_types_;       // "widgets.example.com", not of Kubernetes itself
  std::set<std::string> definitions_;        // which have the names of their types
  std::set<std::string> aggregated_groups_;  // served by others' API servers
  std::vector<Problem> damaged_;
};

}  // namespace salvor::proof
