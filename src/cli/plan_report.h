// What a plan says, for a person who has to decide whether to run it.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/session.h"

namespace salvor::cli {

// The findings of a kuberestoreplans document, errors first, each with its hint; "" when there are
// none.
std::string findings_text(const Json& plan, const Style& style);

// One changed object of a plan and its fields: "~ ConfigMap shop/a" and, below it,
// "    /data/x: \"old\" -> \"new\"". "" when nothing that is there changes.
std::string diff_text(const Json& item, const Style& style);

// Counts by kind, what will not be restored and why, what changes of what is there, the findings,
// and how to run exactly this.
Result<void> print_plan(Session& session, ApiClient& api, const std::string& plan_id);

// Texts of one item that name old namespaces, with what they could become; "" when there are none.
std::string free_texts_text(const Json& item, const Style& style);

}  // namespace salvor::cli
