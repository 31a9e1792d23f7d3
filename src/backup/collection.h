// The objects of one backup on their way into its archive, with what is noted of each.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "archive/head.h"
#include "archive/writer.h"
#include "backup/inventory.h"
#include "backup/needs.h"
#include "base/context.h"
#include "base/result.h"
#include "kube/api.h"

namespace salvor::backup {

// Whether what others need must be looked for afterwards; when the whole cluster is taken it comes
// by itself, and objects need not be parsed for it.
enum class Follow { no, yes };

// Each object is written once, however often it comes. Memory grows with names of one type at a
// time and with what is noted, not with the objects. One thread.
class Collection {
 public:
  using Wants = std::function<bool(const archive::ObjectHead& head)>;

  // The writer must outlive it.
  Collection(archive::Writer& writer, Follow follow) : writer_(writer), follow_(follow) {}

  // Objects that are added from now on are of the type, which must outlive the adding.
  void begin(const kube::ResourceType& type);
  // Writes an object if it is wanted. Fails when the archive cannot be written; an object that is
  // at fault itself becomes a problem.
  Result<void> add(Context& context, const std::string& json, const Wants& wants);
  // Writes a further copy of an object, in the version of the type that is being added.
  Result<void> add_version(Context& context, const std::string& json, const Wants& wants);
  // Takes a failure as a problem of that subject, with which the backup goes on; or returns it when
  // it ends the backup: the cluster is out of reach, or the job is stopped.
  Result<void> absorb(const std::string& subject, const Error& failure);
  // A line of the archive's log.
  void note(const std::string& line) { writer_.log(line); }

  // Whether a cluster-scoped object was written.
  bool has(const std::string& group_resource, const std::string& name) const {
    return cluster_scoped_.contains({group_resource, name});
  }
  const Needs& needs() const { return needs_; }
  // Those that hold an object that was written.
  const std::set<std::string>& namespaces() const { return namespaces_; }
  const std::set<Account>& accounts() const { return accounts_; }
  const std::set<ServiceName>& services() const { return services_; }
  const Inventory& inventory() const { return inventory_; }
  Inventory& inventory() { return inventory_; }
  // One line for people each, such as "listing secrets: forbidden (grant ...)".
  const std::vector<std::string>& problems() const { return problems_; }
  // Objects written, by type; types by their group_resource.
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  std::uint64_t items() const { return items_; }
  // Objects that were chosen but could not be written.
  std::uint64_t refused() const { return refused_; }

 private:
  bool is_new(const archive::ObjectHead& head);
  void note_facts(const archive::ObjectHead& head, const std::string& json);

  archive::Writer& writer_;
  Follow follow_;
  const kube::ResourceType* type_ = nullptr;
  std::string group_resource_;             // of the type
  std::unordered_set<std::string> names_;  // "namespace/name" of what was added of the type
  std::set<std::pair<std::string, std::string>> cluster_scoped_;
  Needs needs_;
  std::set<std::string> namespaces_;
  std::set<Account> accounts_;
  std::set<ServiceName> services_;
  Inventory inventory_;
  std::vector<std::string> problems_;
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t items_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace salvor::backup
