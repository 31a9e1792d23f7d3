// Edits of accounts, tokens, roles and bindings.
#include "restore/internal/edit_functions.h"
#include "restore/skip.h"
#include "restore/subjects.h"

namespace salvor::restore::internal {
namespace {

void drop_issued(Json& object, const char* list_name, const std::string& account) {
  Json* list = list_at(object, {list_name});
  if (list == nullptr) return;
  Json kept = Json::array();
  for (const Json& reference : *list) {
    if (!is_issued_name(account, text_at(reference, "name"))) kept.push_back(reference);
  }
  if (kept.empty()) {
    object.erase(list_name);
  } else {
    *list = kept;
  }
}

}  // namespace

void edit_subjects(Json& object, const EditContext& context, Notes&) {
  Json* subjects = list_at(object, {"subjects"});
  if (subjects == nullptr) return;
  for (Json& subject : *subjects) subject = mapped_subject(subject, context.namespaces);
}

void edit_aggregated_rules(Json& object, const EditContext&, Notes&) {
  if (member(object, "aggregationRule").is_object()) object["rules"] = Json::array();
}

// The target's token controller fills the Secret for the account that the annotation names.
void edit_issued_token_data(Json& object, const EditContext&, Notes& notes) {
  if (text_at(object, "type") != "kubernetes.io/service-account-token") return;
  erase_annotations(object, {"kubernetes.io/service-account.uid"});
  Json* data = object_at(object, {"data"});
  // Data that is empty then stays: to be without any would take a live Secret's token away.
  for (const char* key : {"token", "ca.crt", "namespace"}) erase(data, key);
  notes.push_back("the token is a new one: whoever uses it outside the cluster must get it again");
}

void edit_account_secrets(Json& object, const EditContext&, Notes&) {
  const std::string account = text_at(member(object, "metadata"), "name");
  drop_issued(object, "secrets", account);
  drop_issued(object, "imagePullSecrets", account);
}

}  // namespace salvor::restore::internal
