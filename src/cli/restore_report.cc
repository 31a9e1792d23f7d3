#include "cli/restore_report.h"

#include <nlohmann/json.hpp>

#include "cli/table.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::size_t kExamplesMax = 10;

struct FateRow {
  Fate fate;
  const char* title;    // of the column
  const char* heading;  // of the groups
  Tone tone;
};

const FateRow& row_of(Fate fate) {
  static constexpr FateRow kRows[] = {
      {Fate::failed, "FAILED", "failed", Tone::bad},
      {Fate::partial, "PARTIAL", "made without a part of it", Tone::bad},
      {Fate::open, "OPEN", "not done", Tone::bad},
      {Fate::skipped, "SKIPPED", "skipped", Tone::warning},
      {Fate::changed, "CHANGED", "changed", Tone::good},
      {Fate::existing, "EXISTING", "was there already", Tone::warning},
      {Fate::left, "LEFT", "left alone", Tone::warning},
      {Fate::undone, "UNDONE", "taken back", Tone::good},
      {Fate::created, "CREATED", "created", Tone::good},
  };
  for (const FateRow& row : kRows) {
    if (row.fate == fate) return row;
  }
  check_failed("a known fate", __FILE__, __LINE__);
}

// "Deployment shop/web"; cluster-scoped objects have no namespace.
std::string name_of(const Json& item) {
  const std::string space = text_at(item, "namespace");
  return text_at(item, "kind") + " " + (space.empty() ? "" : space + "/") + text_at(item, "name");
}

std::string quoted(const Json& value) { return "'" + compact(value) + "'"; }

}  // namespace

Fate fate_of(const Json& item) {
  const std::string state = text_at(item, "state");
  const std::string reason = text_at(item, "reason");
  if (reason == "REMOVED" || reason == "PUT_BACK") return Fate::undone;
  if (reason == "CHANGED_SINCE" || reason == "STILL_USED") return Fate::left;
  if (state == "DONE") return reason == "CREATED" ? Fate::created : Fate::changed;
  if (state == "KEPT") return Fate::existing;
  if (state == "SKIPPED") return Fate::skipped;
  if (state == "PARTIAL") return Fate::partial;
  return state == "FAILED" ? Fate::failed : Fate::open;
}

void RestoreReport::add(const Json& item) {
  const Fate fate = fate_of(item);
  ++kinds_[text_at(item, "kind")].by_fate[fate];
  const bool has_it_all = text_at(item, "reason") == "UNCHANGED";
  const bool is_done = fate == Fate::created || fate == Fate::changed || fate == Fate::undone;
  if (is_done || has_it_all) return;
  Group& group = left_out_[{fate, text_at(item, "reason")}];
  std::string message = text_at(item, "message");
  if (message.empty()) message = text_at(item, "why");
  if (++group.count == 1) group.message = message;
  group.is_shared = group.is_shared && message == group.message;
  if (group.examples.size() == kExamplesMax) return;
  group.examples.push_back({name_of(item), std::move(message)});
}

std::string RestoreReport::kinds_text(const Style& style, std::size_t width) const {
  if (kinds_.empty()) return {};
  const auto has = [&](Fate fate) {
    return std::any_of(kinds_.begin(), kinds_.end(),
                       [&](const auto& kind) { return kind.second.by_fate.contains(fate); });
  };
  const bool is_undo = source_.is_undo;
  std::vector<Fate> shown =
      is_undo ? std::vector{Fate::undone, Fate::left} : std::vector{Fate::created, Fate::existing};
  shown.insert(shown.end(), {Fate::skipped, Fate::failed});
  if (has(Fate::changed)) shown.insert(shown.begin() + 1, Fate::changed);
  for (const auto& [key, group] : left_out_) {
    const bool is_seldom = key.fate == Fate::open || key.fate == Fate::partial;
    if (is_seldom && shown.back() != key.fate) shown.push_back(key.fate);
  }
  std::vector<Column> columns = {{"KIND"}};
  for (const Fate fate : shown) columns.push_back({row_of(fate).title, Align::right});
  Table table(std::move(columns));
  const auto add_row = [&](const std::string& title, const Counts& counts) {
    std::vector<Cell> row = {{title}};
    for (const Fate fate : shown) {
      const auto found = counts.by_fate.find(fate);
      const std::int64_t count = found == counts.by_fate.end() ? 0 : found->second;
      row.push_back({grouped(count), count == 0 ? Tone::faint : row_of(fate).tone});
    }
    table.add(std::move(row));
  };
  Counts all;
  for (const auto& [kind, counts] : kinds_) {
    add_row(kind, counts);
    for (const auto& [fate, count] : counts.by_fate) all.by_fate[fate] += count;
  }
  if (kinds_.size() != 1) add_row("all", all);
  return table.text(style, width);
}

std::string RestoreReport::left_out_text(const Style& style) const {
  std::string text;
  for (const auto& [key, group] : left_out_) text += group_text(key, group, style);
  return text;
}

std::string RestoreReport::group_text(const GroupKey& key, const Group& group,
                                      const Style& style) const {
  const FateRow& row = row_of(key.fate);
  std::string text = style.paint(row.heading, row.tone) + ", " + counted(group.count, "item");
  if (!key.reason.empty()) text += ", " + visible(key.reason);
  if (group.is_shared && !group.message.empty()) text += ": " + visible(group.message);
  text += "\n";
  for (const Example& example : group.examples) {
    text += "  " + visible(example.name);
    if (!group.is_shared && !example.message.empty()) text += ": " + visible(example.message);
    text += "\n";
  }
  const std::int64_t more = group.count - static_cast<std::int64_t>(group.examples.size());
  if (more > 0) text += "  … and " + grouped(more) + " more: " + command_for(key) + "\n";
  return text;
}

std::string RestoreReport::command_for(const GroupKey& key) const {
  Json where = {{source_.key, source_.id}, {"reason", key.reason}};
  if (key.fate == Fate::failed || key.fate == Fate::skipped)
    where["state"] = row_of(key.fate).title;
  return "salvor get " + source_.word + " --limit 0 --where " + quoted(where);
}

Result<RestoreReport> read_restore_report(ApiClient& api, const ItemSource& source) {
  ListQuery query;
  query.where = Json{{source.key, source.id}};
  query.sort = "seq";
  query.projection = Json{{"kind", 1}, {"namespace", 1}, {"name", 1},   {"reason", 1},
                          {"why", 1},  {"state", 1},     {"message", 1}};
  RestoreReport report(source);
  TRY_VOID(api.each(source.resource, query, [&](const Json& item) {
    report.add(item);
    return true;
  }));
  return report;
}

}  // namespace salvor::cli
