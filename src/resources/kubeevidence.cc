#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

std::vector<Field> fields() {
  return {
      {"backupinst_id", reference("backupinstances"), required | indexed,
       "The recovery point that was proved."},
      {"kind", string().one_of({"VERIFY", "DRILL"}), required | indexed, "How it was proved."},
      {"job_id", reference("jobs"), optional, "The job that did it."},
      {"made_at", integer(), optional, "When it was signed, in seconds since 1970 UTC."},
      {"state",
       string().one_of({"VERIFIED", "WEAKENED", "DAMAGED", "PASSED", "DOUBTFUL", "NOT_WHOLE"}),
       optional, "What came of it."},
      {"document", string(), required,
       "What was found, as JSON text. The signature is over exactly its bytes."},
      {"signature", string(), required, "Of Ed25519, in base64."},
      {"public_key", string(), required, "What the signature is checked with, in PEM."},
  };
}

}  // namespace

const Resource& kube_evidence() {
  static const Resource resource{
      .path = "kubeevidence",
      .title = "Kubeevidence",
      .doc = "The last signed proof of each kind that a recovery point can be restored, or cannot.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"backupinst_id", "kind"}},
  };
  return resource;
}

}  // namespace salvor::resources
