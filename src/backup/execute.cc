#include "backup/execute.h"

#include <algorithm>
#include <optional>

#include "backup/cluster_objects.h"
#include "backup/pages.h"
#include "kube/retried.h"

namespace salvor::backup {
namespace {

using Types = std::vector<const kube::ResourceType*>;

class Backup {
 public:
  Backup(Context& context, kube::Api& api, const Selection& selection, archive::Writer& writer,
         const Progress& progress)
      : context_(context),
        api_(api),
        selection_(selection),
        progress_(progress),
        collection_(writer, selection.is_whole_cluster() ? Follow::no : Follow::yes) {}

  Result<Collection> run();

 private:
  Result<void> discover();
  // Fails when none of the chosen namespaces exists.
  Result<void> check_namespaces();
  Result<void> take_namespaced();
  Result<void> take_cluster_scoped();
  // Adds what was taken once more, in each further version that is served.
  Result<void> take_versions();
  // Lists of a namespaced type; of a cluster-scoped one that is taken whole.
  void add_lists(const kube::ResourceType& type, std::vector<ListTask>& tasks) const;
  using TakeEvent = Result<void> (Backup::*)(const ListTask& task, const PageEvent& event);
  // Hands each event of the lists on.
  Result<void> take(std::vector<ListTask> tasks, TakeEvent take_event);
  // Adds the objects that the selection wants.
  Result<void> take_items(const ListTask& task, const PageEvent& event);
  Result<void> take_copies(const ListTask& task, const PageEvent& event);
  bool wants(const kube::ResourceType& type, const archive::ObjectHead& head) const;
  bool is_listed_whole(const kube::ResourceType& type) const;
  Types chosen(bool namespaced) const;

  Context& context_;
  kube::Api& api_;
  const Selection& selection_;
  const Progress& progress_;
  Collection collection_;
  kube::Discovery discovery_;
};

Result<Collection> Backup::run() {
  TRY_VOID(discover());
  TRY_VOID(check_namespaces());
  TRY_VOID(take_namespaced());
  TRY_VOID(take_cluster_scoped());
  TRY_VOID(take_versions());
  if (collection_.items() == 0 && !collection_.problems().empty()) {
    return error(ErrorCode::denied,
                 "nothing could be backed up: " + collection_.problems().front());
  }
  return std::move(collection_);
}

Result<void> Backup::discover() {
  const auto ask = [&] { return api_.discover(context_); };
  TRY(discovery_, kube::retried(context_, ask).within("asking the cluster what it serves"));
  for (const std::string& group : discovery_.failed_groups) {
    const Error failure =
        error(ErrorCode::corrupt, "its API did not answer, so its objects are missing")
            .with_hint("see \"kubectl get apiservices\" for what is wrong with it");
    TRY_VOID(collection_.absorb("API group " + group, failure));
  }
  for (const kube::ResourceType* type : discovery_.preferred_types()) {
    const std::string reason = reason_to_skip(*type);
    if (!reason.empty()) collection_.note("left out " + type->group_resource() + ": " + reason);
  }
  return {};
}

Types Backup::chosen(bool namespaced) const {
  Types types = discovery_.preferred_types();
  std::erase_if(types, [&](const kube::ResourceType* type) {
    return type->namespaced != namespaced || !is_restorable(*type) ||
           !reason_to_skip(*type).empty();
  });
  return types;
}

Result<void> Backup::check_namespaces() {
  const kube::ResourceType* type = discovery_.find("", "namespaces");
  if (selection_.all_namespaces || type == nullptr) return {};
  std::size_t found = 0;
  std::string missing;
  for (const std::string& name : selection_.namespaces) {
    const auto answer = kube::retried(context_, [&] {
      return api_.get(context_, *type, {"", name});
    });
    if (answer.ok() || answer.error().code != ErrorCode::not_found) {
      ++found;
      continue;
    }
    missing += (missing.empty() ? "" : ", ") + name;
    TRY_VOID(collection_.absorb("namespace " + name,
                                error(ErrorCode::not_found, "it does not exist in the cluster")));
  }
  if (found > 0) return {};
  return error(ErrorCode::not_found, "the cluster has none of the chosen namespaces: " + missing)
      .with_hint("correct source.namespaces of the backup");
}

Result<void> Backup::take_namespaced() {
  std::vector<ListTask> tasks;
  for (const kube::ResourceType* type : chosen(true)) add_lists(*type, tasks);
  return take(std::move(tasks), &Backup::take_items);
}

void Backup::add_lists(const kube::ResourceType& type, std::vector<ListTask>& tasks) const {
  if (!type.namespaced) {
    if (selection_.is_whole_cluster()) {
      tasks.push_back({&type, "", ""});
    } else if (is_listed_whole(type)) {
      tasks.push_back({&type, "", selection_.label_selector()});
    }
    return;
  }
  if (!selection_.takes_type(type)) return;
  for (const std::string& scope : selection_.list_scopes()) {
    tasks.push_back({&type, scope, selection_.label_selector()});
  }
}

// A type that is chosen by name is taken whole, whatever the namespaces.
bool Backup::is_listed_whole(const kube::ResourceType& type) const {
  if (!selection_.takes_type(type)) return false;
  return selection_.all_namespaces || !selection_.resources.empty();
}

Result<void> Backup::take_cluster_scoped() {
  const Types types = in_order_of_need(chosen(false));
  if (selection_.is_whole_cluster()) {
    std::vector<ListTask> tasks;
    for (const kube::ResourceType* type : types) add_lists(*type, tasks);
    return take(std::move(tasks), &Backup::take_items);
  }
  // Type by type, as objects of one type stand together in an archive.
  for (const kube::ResourceType* type : types) {
    std::vector<ListTask> tasks;
    add_lists(*type, tasks);
    TRY_VOID(take(std::move(tasks), &Backup::take_items));
    TRY_VOID(add_needed(context_, api_, selection_, *type, collection_));
  }
  return {};
}

Result<void> Backup::take_versions() {
  std::vector<ListTask> tasks;
  for (const kube::ResourceType& type : discovery_.types) {
    const bool is_preferred = discovery_.find(type.group, type.resource)->version == type.version;
    if (is_preferred || !is_restorable(type)) continue;
    if (collection_.counts().contains(type.group_resource())) add_lists(type, tasks);
  }
  return take(std::move(tasks), &Backup::take_copies);
}

bool Backup::wants(const kube::ResourceType& type, const archive::ObjectHead& head) const {
  if (type.namespaced) return selection_.takes_namespace(head.namespace_name);
  const bool is_namespace = type.group.empty() && type.resource == "namespaces";
  return !is_namespace || selection_.takes_namespace(head.name);
}

Result<void> Backup::take(std::vector<ListTask> tasks, TakeEvent take_event) {
  if (tasks.empty()) return {};
  Pages pages(context_, api_, tasks);
  std::size_t complete = 0;
  while (const std::optional<PageEvent> event = pages.next()) {
    TRY_VOID((this->*take_event)(tasks[event->task], *event));
    const bool is_end =
        event->kind == PageEvent::Kind::ended || event->kind == PageEvent::Kind::failed;
    if (is_end) ++complete;
  }
  TRY_VOID(context_.check());
  CHECK(complete == tasks.size());
  return {};
}

Result<void> Backup::take_items(const ListTask& task, const PageEvent& event) {
  collection_.begin(*task.type);
  const std::string listing =
      "listing " + task.type->group_resource() +
      (task.namespace_name.empty() ? "" : " in namespace " + task.namespace_name);
  switch (event.kind) {
    case PageEvent::Kind::failed:
      // Its definition was removed meanwhile, and with it all objects.
      if (event.failure->code != ErrorCode::not_found) {
        return collection_.absorb(listing, *event.failure);
      }
      collection_.note(listing + ": the type is gone");
      return {};
    case PageEvent::Kind::restarted:
      collection_.note(listing + " began anew");
      return {};
    case PageEvent::Kind::ended:
      return {};
    case PageEvent::Kind::page:
      break;
  }
  for (const std::string& json : event.items) {
    TRY_VOID(
        collection_.add(context_, json, [&](const auto& head) { return wants(*task.type, head); }));
  }
  return progress_(collection_.items());
}

// What cannot be had in a further version is there in the preferred one.
Result<void> Backup::take_copies(const ListTask& task, const PageEvent& event) {
  collection_.begin(*task.type);
  if (event.kind == PageEvent::Kind::failed) {
    collection_.note("no copies of " + task.type->group_resource() + " in version " +
                     task.type->version + ": " + event.failure->describe());
  }
  if (event.kind != PageEvent::Kind::page) return {};
  for (const std::string& json : event.items) {
    const auto is_wanted = [&](const auto& head) { return wants(*task.type, head); };
    TRY_VOID(collection_.add_version(context_, json, is_wanted));
  }
  return {};
}

}  // namespace

Result<Collection> execute(Context& context, kube::Api& api, const Selection& selection,
                           archive::Writer& writer, const Progress& progress) {
  return Backup(context, api, selection, writer, progress).run();
}

}  // namespace salvor::backup
