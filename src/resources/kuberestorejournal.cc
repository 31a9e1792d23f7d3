#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

std::vector<Field> fields() {
  return {
      {"job_id", reference("jobs"), required | indexed, "The restore's job that changed it."},
      {"seq", integer(0), required, "Its place in the plan of that job."},
      {"kind", string(), optional, "Its kind, such as Deployment."},
      {"namespace", string(), optional, "Its namespace in the cluster."},
      {"name", string(), optional, "Its name in the cluster."},
      {"prior", string(), internal, "The object as it was, sealed."},
  };
}

}  // namespace

const Resource& kube_restore_journal() {
  static const Resource resource{
      .path = "kuberestorejournal",
      .title = "Kuberestorejournal",
      .doc =
          "An object that a restore changed or deleted, kept as it was so that an undo can put "
          "it back.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"job_id", "seq"}},
  };
  return resource;
}

}  // namespace salvor::resources
