#include "sim/checks.h"

#include "jobs/state.h"
#include "restore/edits.h"
#include "restore/testing/objects.h"

namespace salvor::sim {
namespace {

std::string key_of(const Json& object) {
  const archive::ItemName name = restore::testing::name_of(object);
  return name.group_resource + " " + name.namespace_name + "/" + name.name;
}

std::string key_of_row(const Json& row) {
  const std::string group = row["group"];
  return text_at(row, "resource") + (group.empty() ? "" : "." + group) + " " +
         text_at(row, "namespace") + "/" + text_at(row, "name");
}

void erase_each(Json* object, std::initializer_list<const char*> names) {
  if (object == nullptr || !object->is_object()) return;
  for (const char* name : names) object->erase(name);
}

Json* at(Json& object, const char* pointer) {
  const Json::json_pointer path(pointer);
  return object.contains(path) ? &object[path] : nullptr;
}

// Above the band from which the fake cluster gives ports out, they are the backup's own.
void erase_given_ports(Json* ports) {
  if (ports == nullptr) return;
  for (Json& port : *ports) {
    if (port.value("nodePort", 0) < 30500) port.erase("nodePort");
  }
}

Json essence(Json object, const std::map<std::string, std::string>& names_by_uid) {
  if (Json* owners = at(object, "/metadata/ownerReferences")) {
    for (Json& owner : *owners) {
      const auto found = names_by_uid.find(text_at(owner, "uid"));
      owner["uid"] = found == names_by_uid.end() ? "nobody" : found->second;
    }
  }
  erase_each(at(object, "/metadata"),
             {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"});
  object.erase("status");
  erase_each(at(object, "/spec"), {"clusterIP", "clusterIPs"});
  erase_each(at(object, "/spec/claimRef"), {"uid"});
  erase_given_ports(at(object, "/spec/ports"));
  for (const char* labels : {"/spec/selector/matchLabels", "/spec/template/metadata/labels"})
    erase_each(at(object, labels), {"controller-uid", "batch.kubernetes.io/controller-uid"});
  return object;
}

Problems problems_of_rows(restore::testing::Bench& bench, const Stage& stage,
                          std::map<std::string, Json>& objects) {
  Problems problems;
  std::int64_t seq = 0;
  const std::string manager = "salvor-" + stage.job;
  for (const Json& row : bench.rows(stage.job)) {
    const std::string key = key_of_row(row);
    const std::string state = row["state"];
    if (row["seq"] != seq++) problems.push_back("row out of place: " + key);
    if (state == "PENDING") problems.push_back("still open: " + key);
    const auto found = objects.find(key);
    const bool is_there = found != objects.end();
    if (state == "DONE" || state == "KEPT") {
      if (!is_there) problems.push_back(state + " but not there: " + key);
      if (is_there && found->second["metadata"]["uid"] != text_at(row, "k8s_uid"))
        problems.push_back("another uid than its row says: " + key);
    } else if (is_there && compact(found->second).find('"' + manager + '"') != std::string::npos &&
               row["reason"] != "CONTROLLER_MADE") {
      problems.push_back(text_at(row, "reason") + " but made by the job: " + key);
    }
  }
  return problems;
}

// Objects that are new, or not as before, without a row that says DONE. The controllers' own
// excepted: what they put into each new namespace.
Problems problems_of_others(restore::testing::Bench& bench, const Stage& stage,
                            std::map<std::string, Json> objects) {
  for (const Json& row : bench.rows(stage.job)) {
    if (row["state"] == "DONE") objects.erase(key_of_row(row));
  }
  for (const Json& object : stage.before) {
    const auto found = objects.find(key_of(object));
    if (found == objects.end()) continue;
    if (found->second == object) objects.erase(found);
  }
  Problems problems;
  for (const auto& [key, object] : objects) {
    const bool is_strangers = member(object["metadata"], "labels").contains("made-by");
    const bool is_controllers = key.ends_with("/default") || key.ends_with("/kube-root-ca.crt");
    if (!is_strangers && !is_controllers)
      problems.push_back("touched without being planned: " + key + " " + compact(object));
  }
  return problems;
}

Problems problems_of_end(const Json& job, const std::vector<Json>& rows) {
  Problems problems;
  const std::string state = job["state"];
  if (jobs::is_active(state)) problems.push_back("the job is still " + state);
  bool all_fine = true;
  for (const Json& row : rows) all_fine = all_fine && row["state"] != "FAILED";
  if (state == "COMPLETED" && !all_fine)
    problems.push_back("completed, but not every item is there");
  if (state == "FAILED" && rows.empty()) problems.push_back("failed: " + text_at(job, "message"));
  return problems;
}

void append(Problems& problems, const Problems& more) {
  problems.insert(problems.end(), more.begin(), more.end());
}

}  // namespace

namespace {

std::map<std::string, Json> essence_of(const std::vector<Json>& everything) {
  std::map<std::string, std::string> names_by_uid;
  for (const Json& object : everything) names_by_uid[object["metadata"]["uid"]] = key_of(object);
  std::map<std::string, Json> objects;
  for (const Json& object : everything) objects[key_of(object)] = essence(object, names_by_uid);
  return objects;
}

}  // namespace

std::map<std::string, Json> essence_of(const kube::FakeCluster& cluster) {
  return essence_of(cluster.everything());
}

Problems differences(const kube::FakeCluster& expected, const kube::FakeCluster& actual) {
  const auto left = essence_of(expected);
  auto right = essence_of(actual);
  Problems problems;
  for (const auto& [key, object] : left) {
    const auto found = right.find(key);
    if (found == right.end()) {
      problems.push_back("missing: " + key);
    } else {
      if (found->second != object)
        problems.push_back("differs: " + key + " " + Json::diff(object, found->second).dump());
      right.erase(found);
    }
  }
  for (const auto& [key, object] : right) problems.push_back("too much: " + key);
  return problems;
}

Problems broken_promises(restore::testing::Bench& bench, const Stage& stage) {
  std::map<std::string, Json> objects;
  Problems problems;
  for (const Json& object : stage.cluster->everything()) {
    if (!objects.emplace(key_of(object), object).second)
      problems.push_back("there twice: " + key_of(object));
    if (restore::is_fenced(object)) problems.push_back("still fenced: " + key_of(object));
  }
  append(problems, problems_of_rows(bench, stage, objects));
  append(problems, problems_of_others(bench, stage, objects));
  append(problems, problems_of_end(bench.job(stage.job), bench.rows(stage.job)));
  std::set<std::string> planned, recreated;
  for (const Json& row : bench.rows(stage.job)) {
    planned.insert(key_of_row(row));
    if (row["action"] == "RECREATE") recreated.insert(key_of_row(row));
  }
  for (const std::string& write : stage.written) {
    if (!planned.contains(write)) problems.push_back("written without being planned: " + write);
  }
  for (const std::string& removal : stage.removals) {
    if (!recreated.contains(removal)) problems.push_back("removed: " + removal);
  }
  return problems;
}

Problems left_by_undo(restore::testing::Bench& bench, const Stage& stage, const std::string& undo) {
  Problems problems;
  auto before = essence_of(stage.before);
  auto after = essence_of(*stage.cluster);
  std::set<std::string> meddled = stage.meddled;
  for (const Json& row : bench.rows(undo)) {
    const std::string key = key_of_row(row), reason = row["reason"];
    if (reason == "CHANGED_SINCE" && !meddled.contains(key))
      problems.push_back("left alone, but nobody changed it: " + key + " " +
                         text_at(row, "message"));
    if (row["state"] == "FAILED" || row["state"] == "PENDING")
      problems.push_back(reason + " " + key + " " + text_at(row, "message"));
    if (row["state"] != "KEPT") continue;
    before.erase(key);
    after.erase(key);
    // What is in a namespace that stays is its own, too.
    if (row["kind"] != "Namespace") continue;
    std::erase_if(after, [&](const auto& object) {
      return text_at(object.second["metadata"], "namespace") == text_at(row, "name");
    });
  }
  for (const auto& [key, object] : before) {
    const auto found = after.find(key);
    if (found == after.end()) {
      problems.push_back("was there before the restore: " + key);
    } else if (found->second != object) {
      problems.push_back("not as before: " + key + " " + Json::diff(object, found->second).dump());
    }
    after.erase(key);
  }
  for (const auto& [key, object] : after) {
    if (!member(object["metadata"], "labels").contains("made-by"))
      problems.push_back("left behind: " + key);
  }
  return problems;
}

}  // namespace salvor::sim
