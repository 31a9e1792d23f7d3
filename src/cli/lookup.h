// Finding the one object that a user means by a name or an id.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/kinds.h"

namespace salvor::cli {

// The document with this id, else the only one with this name. Fails with not_found, or with
// conflict when several have the name (the hint lists their ids), besides the API's errors.
Result<Json> find_object(ApiClient& api, const Kind& kind, const std::string& name_or_id);
// Its id alone.
Result<std::string> find_id(ApiClient& api, const std::string& kind_word,
                            const std::string& name_or_id);

// The recovery point of "latest:BACKUP" (the newest READY one), or of a name or id. Fails with
// not_found when the backup has no READY point.
Result<Json> find_point(ApiClient& api, const std::string& text);

}  // namespace salvor::cli
