#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

std::vector<Field> fields() {
  return {
      {"restore_id", reference("kuberestores"), required | indexed, "The restore's definition."},
      {"job_id", reference("jobs"), required | indexed, "The job that made it."},
      {"cluster", reference("kubeclusters"), optional, "Where it would be restored."},
      {"backup_inst", reference("backupinstances"), optional, "The recovery point."},
      {"hash", string(), optional,
       "Of all that decides what is done; a run with this plan_hash does this or nothing."},
      {"num_items", integer(0), optional, "Items of the plan."},
      {"num_unpredictable", integer(0), optional, "Items whose outcome others decide."},
      {"actions", map(integer(0)), optional, "How many items have each action."},
      {"outcomes", map(integer(0)), optional, "How many items are foretold each reason code."},
      {"num_free_texts", integer(0), optional,
       "Texts that name old namespaces, and that no rule rewrites."},
      {"suggested_modifiers", string(), optional,
       "The restore's modifiers with one more rule for each item with such texts: set them as its "
       "`modifiers` to have them rewritten. Values of Secrets are left out."},
      {"checks",
       list(dict({
           {"level", string().one_of({"ERROR", "WARNING"}), optional, "ERROR: items will fail."},
           {"check", string(), optional, "What was looked at, such as access."},
           {"subject", string(), optional, "What it is about."},
           {"message", string(), optional, "What was found."},
           {"hint", string(), optional, "What can be done about it."},
       })),
       optional, "Findings, errors first."},
  };
}

}  // namespace

const Resource& kube_restore_plans() {
  static const Resource resource{
      .path = "kuberestoreplans",
      .title = "Kuberestoreplan",
      .doc = "What a restore would do, made by its action plan from the cluster as it was then.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"restore_id", "_created"}},
  };
  return resource;
}

}  // namespace salvor::resources
