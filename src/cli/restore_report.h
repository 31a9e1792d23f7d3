// What became of each item of a restore, told so that ten thousand skipped items take a few lines
// and one failed item is never missed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/style.h"

namespace salvor::cli {

// What an item's document says came of it, or will. The order is that of the report.
enum class Fate { failed, partial, open, skipped, existing, left, undone, changed, created };

// By its state and reason; what was done to an object that was there counts as changed.
Fate fate_of(const Json& item);

// Where a report's items are.
struct ItemSource {
  std::string resource = "kuberestoreitems";
  std::string word = "items";  // for `salvor get`
  std::string key = "job_id";
  std::string id;
  bool is_undo = false;
};

// Counts and examples, gathered item by item; its size does not depend on how many items there are.
class RestoreReport {
 public:
  explicit RestoreReport(ItemSource source) : source_(std::move(source)) {}

  void add(const Json& item);
  // A line a kind with its counts, then a total.
  std::string kinds_text(const Style& style, std::size_t width) const;
  // Every item that was not restored, by reason, at most ten names each and then the command that
  // lists all; "" when there is none.
  std::string left_out_text(const Style& style) const;

 private:
  struct Counts {
    std::map<Fate, std::int64_t> by_fate;
  };
  struct GroupKey {
    Fate fate;
    std::string reason;
    auto operator<=>(const GroupKey&) const = default;
  };
  struct Example {
    std::string name;
    std::string message;
  };
  struct Group {
    std::string message;    // of the first one
    bool is_shared = true;  // by all of them
    std::int64_t count = 0;
    std::vector<Example> examples;
  };
  std::string group_text(const GroupKey& key, const Group& group, const Style& style) const;
  std::string command_for(const GroupKey& key) const;

  ItemSource source_;
  std::map<std::string, Counts> kinds_;
  std::map<GroupKey, Group> left_out_;
};

// Reads all items of a restore's job, or of a plan, page by page.
Result<RestoreReport> read_restore_report(ApiClient& api, const ItemSource& source);

}  // namespace salvor::cli
