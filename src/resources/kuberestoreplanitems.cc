#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

Shape changes() {
  return list(dict({
      {"path", string(), optional, "The field, as a JSON pointer."},
      {"before", any(), optional, "Absent: it was not there."},
      {"after", any(), optional, "Absent: it goes."},
  }));
}

std::vector<Field> fields() {
  std::vector<Field> all = {
      {"plan_id", reference("kuberestoreplans"), required | indexed, "The plan it is of."}};
  for (Field& field : step_fields()) all.push_back(std::move(field));
  const std::vector<Field> foretold = {
      {"state", string(), optional,
       "DONE, PARTIAL, KEPT, SKIPPED or FAILED: what will come of it."},
      {"reason", string(), optional, "Code of the reason for that."},
      {"message", string(), optional, "What is particular to this item."},
      {"hint", string(), optional, "What can be done about it."},
      {"needs", list(integer(0)), optional, "Items (their seq) that must be there before."},
      {"predictable", boolean(), optional, "Whether nobody else has a say in the outcome."},
      {"unpredictable", string(), optional, "Who has, if somebody has."},
      {"rewrites", changes(), optional,
       "What rules and mapping change of the backup's object. Values of Secrets are not shown."},
      {"diff", changes(), optional, "What changes of the object that is there, if one is."},
      {"free_texts", changes(), optional,
       "Texts that name old namespaces, which stay as they are; `after` is a suggestion."},
  };
  all.insert(all.end(), foretold.begin(), foretold.end());
  return all;
}

}  // namespace

const Resource& kube_restore_plan_items() {
  static const Resource resource{
      .path = "kuberestoreplanitems",
      .title = "Kuberestoreplanitem",
      .doc = "One object of a plan: what would be done with it, why, and what would come of it.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"plan_id", "seq"}, {"plan_id", "reason", "seq"}},
  };
  return resource;
}

}  // namespace salvor::resources
