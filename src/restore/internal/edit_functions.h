// The functions behind the names in rules.h, by subject. Each gets the object and the context, and
// adds notes for the item's row.
#pragma once

#include <string>
#include <vector>

#include "restore/edits.h"

namespace salvor::restore::internal {

using Notes = std::vector<std::string>;

void edit_finalizers(Json& object, const EditContext& context, Notes& notes);
void edit_last_applied(Json& object, const EditContext& context, Notes& notes);
void edit_namespace_places(Json& object, const EditContext& context, Notes& notes);
void edit_tracking_id(Json& object, const EditContext& context, Notes& notes);
void edit_helm_release(Json& object, const EditContext& context, Notes& notes);
void edit_namespace_name(Json& object, const EditContext& context, Notes& notes);

void edit_token_volumes(Json& object, const EditContext& context, Notes& notes);
void edit_job_selector(Json& object, const EditContext& context, Notes& notes);
void edit_suspend_job(Json& object, const EditContext& context, Notes& notes);
void edit_fence_schedule(Json& object, const EditContext& context, Notes& notes);

void edit_claim(Json& object, const EditContext& context, Notes& notes);
void edit_claim_size(Json& object, const EditContext& context, Notes& notes);
void edit_claim_templates(Json& object, const EditContext& context, Notes& notes);
void edit_volume_claim(Json& object, const EditContext& context, Notes& notes);
void edit_single_default_class(Json& object, const EditContext& context, Notes& notes);

void edit_service_addresses(Json& object, const EditContext& context, Notes& notes);
void edit_service_name(Json& object, const EditContext& context, Notes& notes);
void edit_endpoint_targets(Json& object, const EditContext& context, Notes& notes);
void edit_injected_bundles(Json& object, const EditContext& context, Notes& notes);
void edit_ingress_hosts(Json& object, const EditContext& context, Notes& notes);

void edit_prepopulated_disk(Json& object, const EditContext& context, Notes& notes);
void edit_virtual_hardware(Json& object, const EditContext& context, Notes& notes);
void edit_install_plan(Json& object, const EditContext& context, Notes& notes);

void edit_subjects(Json& object, const EditContext& context, Notes& notes);
void edit_aggregated_rules(Json& object, const EditContext& context, Notes& notes);
void edit_issued_token_data(Json& object, const EditContext& context, Notes& notes);
void edit_account_secrets(Json& object, const EditContext& context, Notes& notes);

// The edits of the object's kind that map names of namespaces: what an older text of the object,
// such as kubectl's memory of it, needs as well.
void map_namespaces(Json& object, const EditContext& context);

// The value at a path of member names, or null when any part is missing. A backup's bytes are
// foreign, so each edit asks for the type that it can work on.
Json* find_path(Json& object, std::initializer_list<const char*> path);
Json* object_at(Json& object, std::initializer_list<const char*> path);
Json* list_at(Json& object, std::initializer_list<const char*> path);
// Erases a member if it is there; whether it was. Null and what is no object have none.
bool erase(Json* object, const std::string& name);
// `names` of annotations erased; an emptied map goes too.
void erase_annotations(Json& object, std::initializer_list<const char*> names);

}  // namespace salvor::restore::internal
