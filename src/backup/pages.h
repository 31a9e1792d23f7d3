// The lists that a backup makes, page by page and one ahead: while a page is written to the
// archive, the next one is on its way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "kube/api.h"

namespace salvor::backup {

// One list to make.
struct ListTask {
  const kube::ResourceType* type;  // outlives the pages
  std::string namespace_name;      // "": the whole cluster
  std::string label_selector;
};

// What comes of the tasks, in their order.
struct PageEvent {
  enum class Kind {
    page,       // objects of the task, as kube::ListPage gives them
    restarted,  // the list expired and begins anew: objects seen before come again
    ended,      // the task is complete
    failed,     // the task is given up; the next one follows
  };
  Kind kind;
  std::size_t task;
  std::vector<std::string> items;
  std::optional<Error> failure;
};

// Fetches on a thread of its own, which waits while two pages stand ready. Page sizes follow the
// objects' sizes, so that memory holds a few MiB whatever the cluster has. A page that fails for a
// passing reason is asked for again a few times. All pages of a list show one resource version.
class Pages {
 public:
  // The API must outlive it. Stopped with the context, or when destroyed.
  Pages(const Context& context, kube::Api& api, std::vector<ListTask> tasks);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  // The next event, waited for; nothing after the last task's end. One thread at a time.
  std::optional<PageEvent> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace salvor::backup
