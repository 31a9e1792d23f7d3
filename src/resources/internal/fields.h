// Fields that several resources share, declared in one place.
#pragma once

#include <string>

#include "schema/address_pattern.h"
#include "schema/resource.h"

namespace salvor::resources {

// The words that the tables are written in.
using schema::Action;
using schema::any;
using schema::boolean;
using schema::bucket_name;
using schema::dict;
using schema::dns_label;
using schema::dns_label_end;
using schema::dns_label_start;
using schema::dns_subdomain;
using schema::Field;
using schema::indexed;
using schema::integer;
using schema::internal;
using schema::list;
using schema::map;
using schema::nullable;
using schema::optional;
using schema::read_methods;
using schema::reference;
using schema::required;
using schema::Resource;
using schema::server_address;
using schema::server_owned;
using schema::Shape;
using schema::string;
using schema::Traits;
using schema::unique;
using schema::write_only;

// "name", 1 to 128 characters. `more` beside required, such as unique.
Field name_field(Traits more);
// "tags": the user's own keys and values.
Field tags_field();
// "cc_user_email": who made it, filled by the server.
Field owner_field();
// Hooks to run in namespaces: a list of {namespaces, hooks, template}.
Field hooks_field(std::string name, std::string doc);
// "retention" of a recovery point.
Field retention_field(Traits traits);
// Where copies are stored: {type, region, user_objectstore}.
Field provider_field(std::string name, std::string doc);
// "retention" in the request of an action that makes a recovery point.
Field run_retention_field();
// "stats": how much of volumes' data was moved.
Field transfer_stats_field();
// Limits of moving volumes' data: {report_interval, upload_speed_limit, …}.
std::vector<Field> transfer_limits();
// A map of label keys to values; "a,b" as a value means either.
Field label_selector_field();

// What a backup takes: the shape of a kubebackup's `source` and a recovery point's copy of it.
Shape backup_source();
// A counter that starts at nothing rather than 0, as most do in this API.
Field counter(std::string name, std::string doc);

// What a plan says of an object, before and after it is restored.
std::vector<Field> step_fields();

}  // namespace salvor::resources
