// The rule table and the reason codes as a page for people: docs/generated/restore-rules.md.
#include "restore/kind_list.h"
#include "restore/namespace_places.h"
#include "restore/reason.h"
#include "restore/rules.h"
#include "restore/skip.h"

namespace salvor::restore {
namespace {

constexpr std::string_view kHead =
    "# How each kind is restored\n\n"
    "Printed from the rule table; `restore_test` fails when this page is stale.\n\n"
    "The first row holds for every object, before its kind's own. Items of one wave are restored "
    "side by side, and a wave begins when the ones before it have ended; an owner of a later wave "
    "is "
    "linked afterwards. An object that exists already is left alone, unless the row says "
    "otherwise.\n\n"
    "| Kinds | Wave | Skipped | Dropped | Edited | When it exists | Besides | Why |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n";

constexpr std::string_view kPlacesHead =
    "\n## Where namespaces are named\n\n"
    "Fields that are rewritten when namespaces are renamed, besides those of the edits above. `*` "
    "stands for each entry of a list.\n\n"
    "| Kinds | Field | What it holds |\n"
    "| --- | --- | --- |\n";

constexpr std::string_view kReasonHead =
    "\n## Reason codes\n\n"
    "Each item of a restore ends with one of these. Codes are never renamed and never used again "
    "for something else.\n\n"
    "| Code | State | Meaning | What to do |\n"
    "| --- | --- | --- | --- |\n";

// Joins with line breaks, as a cell of a Markdown table has no lists.
class Cell {
 public:
  void add(const std::string& line) { text_ += (text_.empty() ? "" : "<br>") + line; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string kinds_text(std::string_view kinds) {
  Cell cell;
  for (const std::string_view kind : kinds_in(kinds)) cell.add(code(kind));
  return cell.text();
}

std::string kinds_cell(const Rule& rule) {
  if (rule.kinds == "*") return "every other kind";
  if (&rule == &common_rule()) return std::string(rule.kinds);
  return kinds_text(rule.kinds);
}

std::string wave_cell(const Rule& rule) {
  if (&rule == &common_rule()) return "";
  return std::to_string(static_cast<int>(rule.wave)) + " " + std::string(to_string(rule.wave));
}

std::string skips_cell(const Rule& rule) {
  Cell cell;
  for (const Skip skip : rule.skips) {
    cell.add(std::string(to_string(skip)) + " (" + code(row_of(reason_for(skip)).code) + ")");
  }
  return cell.text();
}

std::string drops_cell(const Rule& rule) {
  Cell cell;
  for (const std::string_view pointer : rule.drops) cell.add(code(pointer));
  return cell.text();
}

std::string edits_cell(const Rule& rule) {
  Cell cell;
  for (const Edit edit : rule.edits) cell.add(std::string(to_string(edit)));
  return cell.text();
}

std::string existing_cell(const Rule& rule) {
  Cell cell;
  if (rule.on_exists == OnExists::merge) cell.add("merged into, unless told otherwise");
  if (rule.keeps_existing) cell.add("changed only if `existing_policies` names its type");
  for (const std::string_view pointer : rule.immutable) cell.add(code(pointer) + " fixed");
  for (const std::string_view pointer : rule.immutable_when_marked)
    cell.add(code(pointer) + " fixed if marked immutable");
  if (rule.recreate == Recreate::orphaning) cell.add("what it owns stays when it is made anew");
  if (rule.recreate == Recreate::never) cell.add("never made anew");
  return cell.text();
}

std::string besides_cell(const Rule& rule) {
  Cell cell;
  if (rule.ready == Ready::kind_served) cell.add("others wait until the kind is served");
  if (rule.copy_when_exists) cell.add("copied under a new name when it exists and names change");
  if (rule.retry_without_addresses) cell.add("made with new ports when its own are taken");
  if (!rule.foreign_owner.empty())
    cell.add("an owner of kind " + std::string(rule.foreign_owner) + " is left to its controller");
  if (!rule.protected_namespace.empty())
    cell.add("not into " + code(rule.protected_namespace) + " (" +
             code(row_of(Reason::system_service).code) + ")");
  if (!rule.made_for.empty())
    cell.add("not when one of " + code(rule.made_for) + " of its name has a selector (" +
             code(row_of(Reason::controller_made).code) + ")");
  if (rule.is_volume)
    cell.add("left out of a restore without volumes (" +
             code(row_of(Reason::volumes_excluded).code) + ")");
  if (rule.is_storage_class)
    cell.add("left out when it is mapped (" + code(row_of(Reason::storage_class_mapped).code) +
             ")");
  return cell.text();
}

std::string row_text(const Rule& rule) {
  std::string text = "|";
  for (const std::string& cell :
       {kinds_cell(rule), wave_cell(rule), skips_cell(rule), drops_cell(rule), edits_cell(rule),
        existing_cell(rule), besides_cell(rule), std::string(rule.why)}) {
    text += cell.empty() ? " |" : " " + cell + " |";
  }
  return text + "\n";
}

std::string_view state_word(ReasonClass kind) {
  switch (kind) {
    case ReasonClass::open:
      return "open";
    case ReasonClass::done:
      return "done";
    case ReasonClass::partial:
      return "partial";
    case ReasonClass::kept:
      return "kept";
    case ReasonClass::skipped:
      return "skipped";
    case ReasonClass::failed:
      return "failed";
  }
  return "";
}

std::string places_kinds(std::string_view kinds) {
  if (kinds == "*") return "all";
  return kinds == "pods" ? "pods and templates of pods" : kinds_text(kinds);
}

std::string_view form_word(NameForm form) {
  switch (form) {
    case NameForm::name:
      return "a name";
    case NameForm::selector:
      return "a label selector of namespaces";
    case NameForm::of_object:
      return "a name, a slash, and an object's name";
  }
  return "";
}

}  // namespace

std::string_view to_string(Wave wave) {
  switch (wave) {
    case Wave::definitions:
      return "definitions";
    case Wave::namespaces:
      return "namespaces";
    case Wave::classes:
      return "classes";
    case Wave::limits:
      return "limits";
    case Wave::access:
      return "access";
    case Wave::volumes:
      return "volumes";
    case Wave::services:
      return "services";
    case Wave::workloads:
      return "workloads";
    case Wave::custom:
      return "custom";
    case Wave::exposure:
      return "exposure";
    case Wave::admission:
      return "admission";
    case Wave::pruning:
      return "pruning";
  }
  return "";
}

std::string rules_page() {
  std::string page(kHead);
  page += row_text(common_rule());
  for (const Rule& rule : rules()) page += row_text(rule);
  page += kPlacesHead;
  for (const NamespacePlace& place : namespace_places()) {
    page += "| " + places_kinds(place.kinds) + " | " + code(place.path) + " | " +
            std::string(form_word(place.form)) + " |\n";
  }
  page += kReasonHead;
  for (const ReasonRow& row : reasons()) {
    page += "| " + code(row.code) + " | " + std::string(state_word(row.kind)) + " | " +
            std::string(row.meaning) + " |" + (row.hint.empty() ? "" : " ") +
            std::string(row.hint) + " |\n";
  }
  return page;
}

}  // namespace salvor::restore
