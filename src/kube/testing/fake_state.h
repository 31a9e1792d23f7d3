// What a fake cluster has stored: objects by type and key, the history of changes that watches and
// paged lists read, and the table of served kinds. Knows nothing of admission or controllers.
// Not safe for threads: FakeCluster locks around it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "kube/testing/fake_kinds.h"

namespace salvor::kube {

class FakeState {
 public:
  // Shared between the present objects and the history of changes; nobody writes to them.
  using ObjectPtr = std::shared_ptr<const Json>;  // shared: see above
  using Objects = std::map<ObjectKey, ObjectPtr>;
  struct Change {
    std::uint64_t revision;
    std::string group_resource;
    ObjectKey key;
    ObjectPtr before;  // null: created
    ObjectPtr after;   // null: deleted; `before` then carries the revision of the deletion
  };

  FakeState(Clock& clock, std::vector<FakeKind> kinds);

  // The kind served under exactly this group, version and resource; null when there is none.
  const FakeKind* kind(const ResourceType& type) const;
  // The same for an object's apiVersion and kind.
  const FakeKind* kind_of(const Json& object) const;
  // The first served version of a "deployments.apps"; null when there is none.
  const FakeKind* kind(const std::string& group_resource) const;
  const std::vector<FakeKind>& kinds() const { return kinds_; }
  // Replaces all versions of a group_resource; an empty list takes it out of service.
  void serve(const std::string& group_resource, std::vector<FakeKind> versions);

  // Null when it is not there.
  ObjectPtr find(const std::string& group_resource, const ObjectKey& key) const;
  const Objects& objects(const std::string& group_resource) const;
  const std::map<std::string, Objects>& all() const { return objects_; }
  // Every owned or dying object, for the garbage collector.
  const std::set<std::pair<std::string, ObjectKey>>& entangled() const { return entangled_; }
  bool has_uid(const std::string& uid) const { return uids_.count(uid) > 0; }

  // Stores under the object's own metadata with a new resourceVersion. Requires: metadata.name.
  ObjectPtr put(const std::string& group_resource, Json object);
  void erase(const std::string& group_resource, const ObjectKey& key);

  std::uint64_t revision() const { return revision_; }
  // The objects as they were at that revision, which must not be older than oldest().
  Objects objects_at(const std::string& group_resource, std::uint64_t revision) const;
  const std::deque<Change>& history() const { return history_; }
  std::uint64_t oldest() const { return oldest_; }
  // As etcd compacts: watches and continued lists of before are Expired from now on.
  void forget_history();

  std::string next_uid();
  // A suffix for generateName, never the same twice.
  std::string next_suffix();
  std::string timestamp() const { return rfc3339(clock_.wall_seconds()); }

 private:
  void remember(const std::string& group_resource, const ObjectKey& key, const ObjectPtr& object);
  void forget(const std::string& group_resource, const ObjectKey& key);

  Clock& clock_;
  std::vector<FakeKind> kinds_;
  std::map<std::string, Objects> objects_;
  std::set<std::pair<std::string, ObjectKey>> entangled_;
  std::multiset<std::string> uids_;
  std::deque<Change> history_;
  std::uint64_t revision_ = 1;
  std::uint64_t oldest_ = 0;
  std::uint64_t names_made_ = 0;
};

// Whether deletion has begun.
bool is_dying(const Json& object);
std::string uid_of(const Json& object);
// Namespace and name from the object's metadata.
ObjectKey key_of(const Json& object);

}  // namespace salvor::kube
