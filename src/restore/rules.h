// The rule table: for each kind one row that says when it is restored, what is skipped, what is
// taken off, what is rewritten, when it counts as there, and why. A kind's name appears nowhere
// else in this room but in references.cc. docs/generated/restore-rules.md is printed from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace salvor::restore {

// The order of restoring. Items of one wave are restored side by side; a wave begins when the ones
// before it have ended. Nothing needs an item of a later wave: an owner that comes later is linked
// afterwards.
enum class Wave {
  definitions = 1,  // kinds themselves
  namespaces,
  classes,  // what workloads and claims name
  limits,   // what must hold before anything runs: limits, accounts, roles, network policies
  access,   // bindings, and what workloads read: Secrets, ConfigMaps
  volumes,  // volumes, claims, and endpoints that users made
  services,
  workloads,
  custom,     // custom resources, and kinds without a row
  exposure,   // what lets traffic in, or acts upon workloads
  admission,  // what judges everything else: webhooks and policies
  pruning,    // what the backup has not goes when all that it has is there
};

// When not to restore an object, judged by the object alone (skip.h).
enum class Skip {
  terminating,
  controlled,
  finished_job,
  finished_pod,
  mirror_pod,
  issued_token,
  bootstrap_token,
  managed_slice,
  mirrored_endpoints,
  root_certificate,
  rbac_default,
  api_server_service,
  automanaged_api,
  leader_lock,
  always_cluster_state,
  plain_default_account,
  pod_claim,
  system_class,
  scheduled_job,
  default_flow,
  default_service_range,
  always_controllers_work,
  copied_operator,
};

// How to rewrite an object (edits.h).
enum class Edit {
  finalizers,
  namespace_places,
  tracking_id,
  last_applied,
  helm_release,
  namespace_name,
  token_volumes,
  claim,
  claim_size,
  claim_templates,
  volume_claim,
  job_selector,
  suspend_job,
  fence_schedule,
  service_addresses,
  service_name,
  endpoint_targets,
  subjects,
  aggregated_rules,
  issued_token_data,
  account_secrets,
  single_default_class,
  injected_bundles,
  prepopulated_disk,
  virtual_hardware,
  install_plan,
  ingress_hosts,
};

// What must be seen after the write before others may go on.
enum class Ready { none, kind_served };

// What to do when the object is there already and is not this job's, unless the restore says more.
enum class OnExists {
  keep,   // leave it alone and say so
  merge,  // add what the backup's has more
};

// How an object is deleted that is to be made anew.
enum class Recreate {
  with_dependents,  // the garbage collector removes what it owns
  orphaning,        // what it owns stays, and is adopted by the new one
  never,            // data, or all objects of a namespace or a kind, would go with it
};

struct Rule {
  std::string_view kinds = "";  // group-resources, blank-separated; "*" is the row for all others
  Wave wave = Wave::custom;
  std::vector<Skip> skips = {};
  std::vector<std::string_view> drops = {};  // JSON pointers
  std::vector<Edit> edits = {};
  std::string_view why = "";
  Recreate recreate = Recreate::with_dependents;
  std::vector<std::string_view> hidden = {};  // JSON pointers to values that are never shown
  bool fails_when_exists = true;              // under the policy `fail`
  bool keeps_existing = false;  // follows existing_policies alone, never existing_policy
  std::vector<std::string_view> immutable = {};  // JSON pointers; the API server refuses changes
  std::vector<std::string_view> immutable_when_marked = {};  // those of one with `immutable: true`
  Ready ready = Ready::none;
  OnExists on_exists = OnExists::keep;
  bool retry_without_addresses = false;  // refused as invalid: once more with fresh addresses
  bool copy_when_exists = false;         // exists and the mapping changes it: make a named copy
  std::string_view foreign_owner = "";  // an owner of this kind is left out; its controller adds it
  std::string_view protected_namespace = "";  // not restored into this namespace
  bool needs_backend = false;      // made once the Service that it names has a ready endpoint
  std::string_view made_for = "";  // a namesake of this kind that has a selector makes it
  bool is_volume = false;          // left out by a restore without volumes
  bool is_storage_class = false;   // left out when storage_class_map replaces it
};

// The row that holds for every object, before its kind's own.
const Rule& common_rule();
std::span<const Rule> rules();
const Rule& rule_for(std::string_view group_resource);

// Names as they stand in the generated documentation.
std::string_view to_string(Skip skip);
std::string_view to_string(Edit edit);
std::string_view to_string(Wave wave);

// The table as a Markdown page.
std::string rules_page();

}  // namespace salvor::restore
