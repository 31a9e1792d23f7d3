#include "cli/plan_report.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/restore_report.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

// Changed objects that are shown in full; a command lists the rest.
constexpr std::int64_t kDiffsMax = 20;
constexpr std::int64_t kVolumesMax = 20;

std::string side(const Json& change, const char* name) {
  const auto found = change.find(name);
  return found == change.end() ? "nothing" : visible(compact(*found));
}

// "~ ConfigMap shop/settings  REPLACED", and below it the changes.
std::string changes_text(const Json& item, const Json& changes, const std::string& word,
                         const Style& style) {
  const std::string home = text_at(item, "namespace");
  std::string text = style.paint("~", Tone::warning) + " " + visible(text_at(item, "kind")) + " " +
                     visible((home.empty() ? "" : home + "/") + text_at(item, "name")) + "  " +
                     visible(word) + "\n";
  for (const Json& change : changes) {
    text += "    " + visible(text_at(change, "path")) + ": " + side(change, "before") + " -> " +
            side(change, "after") + "\n";
  }
  return text;
}

// Only the first: there may be thousands.
Result<void> print_free_texts(Session& session, ApiClient& api, const Json& plan,
                              const std::string& plan_id) {
  const Json& number = member(plan, "num_free_texts");
  if (!number.is_number() || number == 0) return {};
  ListQuery query;
  query.where = Json{{"plan_id", plan_id}};
  query.sort = "seq";
  std::int64_t seen = 0;
  TRY_VOID(api.each("kuberestoreplanitems", query, [&](const Json& item) {
    const std::string text = free_texts_text(item, session.out_style());
    if (!text.empty()) session.io().out << text;
    return text.empty() || ++seen < kDiffsMax;
  }));
  session.io().out << "These texts stay as they are; salvor restore plan "
                   << visible(text_at(plan, "restore_id"))
                   << " --accept-texts has them rewritten\n\n";
  return {};
}

Result<void> print_diffs(Session& session, ApiClient& api, const std::string& plan_id) {
  ListQuery query;
  query.where = Json{{"plan_id", plan_id}, {"state", "DONE"}, {"reason", {{"$ne", "CREATED"}}}};
  query.sort = "seq";
  std::int64_t seen = 0;
  TRY_VOID(api.each("kuberestoreplanitems", query, [&](const Json& item) {
    const std::string text = diff_text(item, session.out_style());
    if (!text.empty() && ++seen <= kDiffsMax) session.io().out << text;
    return true;
  }));
  if (seen > kDiffsMax) {
    session.io().out << "  … and " << grouped(seen - kDiffsMax)
                     << " more: salvor get planitems --limit 0 -o yaml --where '"
                     << compact(query.where) << "'\n";
  }
  if (seen > 0) session.io().out << "\n";
  return {};
}

// Nothing when no volume is filled from a copy.
Result<void> print_volumes(Session& session, ApiClient& api, const std::string& plan_id) {
  ListQuery query;
  query.where = Json{{"plan_id", plan_id}, {"fill_order", {{"$gt", 0}}}};
  query.sort = "seq";
  std::int64_t seen = 0;
  std::ostream& out = session.io().out;
  TRY_VOID(api.each("kuberestoreplanitems", query, [&](const Json& item) {
    if (++seen > kVolumesMax) return true;
    if (seen == 1) out << "volumes are filled in this order:\n";
    out << "  " << seen << ". " << visible(text_at(item, "namespace") + "/" + text_at(item, "name"))
        << "\n";
    return true;
  }));
  if (seen > kVolumesMax) out << "  … and " << grouped(seen - kVolumesMax) << " more\n";
  if (seen > 0) out << "\n";
  return {};
}

}  // namespace

std::string findings_text(const Json& plan, const Style& style) {
  std::string text;
  const Json& checks = member(plan, "checks");
  if (!checks.is_array()) return text;
  for (const Json& check : checks) {
    const bool is_error = text_at(check, "level") == "ERROR";
    text += style.paint(is_error ? "error" : "note", is_error ? Tone::bad : Tone::warning) + ": " +
            visible(text_at(check, "check")) + ", " + visible(text_at(check, "subject")) + ": " +
            visible(text_at(check, "message")) + "\n";
    const std::string hint = text_at(check, "hint");
    if (is_error && !hint.empty()) text += "       " + visible(hint) + "\n";
  }
  return text;
}

std::string diff_text(const Json& item, const Style& style) {
  const Json& diff = member(item, "diff");
  if (!diff.is_array() || diff.empty()) return {};
  return changes_text(item, diff, text_at(item, "reason"), style);
}

std::string free_texts_text(const Json& item, const Style& style) {
  const Json& texts = member(item, "free_texts");
  if (!texts.is_array() || texts.empty()) return {};
  return changes_text(item, texts, "names an old namespace", style);
}

Result<void> print_plan(Session& session, ApiClient& api, const std::string& plan_id) {
  TRY(const Json plan, api.get("kuberestoreplans/" + plan_id));
  TRY(const RestoreReport report, read_restore_report(api, {.resource = "kuberestoreplanitems",
                                                            .word = "planitems",
                                                            .key = "plan_id",
                                                            .id = plan_id}));
  const Style style = session.out_style();
  std::ostream& out = session.io().out;
  out << report.kinds_text(style, session.table_width()) << "\n";
  const std::string left_out = report.left_out_text(style);
  if (!left_out.empty()) out << left_out << "\n";
  TRY_VOID(print_diffs(session, api, plan_id));
  TRY_VOID(print_free_texts(session, api, plan, plan_id));
  TRY_VOID(print_volumes(session, api, plan_id));
  const std::string findings = findings_text(plan, style);
  if (!findings.empty()) out << findings << "\n";
  const Json& unpredictable = member(plan, "num_unpredictable");
  const std::int64_t open = unpredictable.is_number() ? unpredictable.get<std::int64_t>() : 0;
  if (open > 0) out << counted(open, "item") << " may come otherwise, as others have a say in it\n";
  out << "nothing was changed; run exactly this: salvor restore run "
      << visible(text_at(plan, "restore_id")) << " --plan " << plan_id << " --wait\n";
  return {};
}

}  // namespace salvor::cli
