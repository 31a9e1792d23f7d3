// Documents as comma-separated values (RFC 4180), for spreadsheets: one column for each field that
// the resource declares, one line a document.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "schema/resource.h"

namespace salvor::cli {

// With a line of titles: "_id" and the fields' names. Objects and lists are JSON; what a document
// lacks is empty. Lines end in CR LF, as the RFC says.
std::string csv_text(const schema::Resource& resource, const std::vector<Json>& documents);

}  // namespace salvor::cli
