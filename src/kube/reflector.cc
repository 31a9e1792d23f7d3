#include "kube/reflector.h"

#include <chrono>
#include <iterator>

#include "kube/status.h"

namespace salvor::kube {
namespace {

constexpr int kListTriesMax = 3;
constexpr std::chrono::seconds kDefaultWatch{60};

Result<CompleteList> list_once(Context& context, Api& api, const ResourceType& type,
                               ListOptions options) {
  CompleteList all;
  do {
    TRY(ListPage page, api.list(context, type, options));
    std::move(page.items.begin(), page.items.end(), std::back_inserter(all.items));
    all.resource_version = page.resource_version;
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  return all;
}

}  // namespace

Result<CompleteList> list_all(Context& context, Api& api, const ResourceType& type,
                              const ListOptions& options) {
  for (int tries = 1;; ++tries) {
    auto all = list_once(context, api, type, options);
    if (all.ok() || !is_expired(all.error()) || tries == kListTriesMax) return all;
  }
}

Result<void> list_then_watch(Context& context, Api& api, const ResourceType& type,
                             const ListOptions& options, const ListSink& listed,
                             const WatchSink& changed) {
  Context limited = context.deadline ? context : context.within(kDefaultWatch);
  while (true) {
    TRY(const CompleteList all, list_all(limited, api, type, options));
    if (!listed(all.items)) return {};
    ListOptions from = options;
    from.resource_version = all.resource_version;
    auto watched = api.watch(limited, type, from, changed);
    if (watched.ok() || !is_expired(watched.error())) return watched;
  }
}

}  // namespace salvor::kube
