// The flags of commands that work on a store itself, without a server: how it is reached.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/session.h"
#include "objectstore/store.h"

namespace salvor::cli {

// How help calls the place of a store, and what it may be.
inline constexpr const char* kLocationDoc = "a folder, or s3:https://HOST/BUCKET/PREFIX";

// Beside --ca-file and --insecure-skip-verify, which all commands have.
std::vector<Option> store_options();

// Opens a folder or a bucket; the keys are those of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN, the region that of AWS_REGION or AWS_DEFAULT_REGION.
Result<std::unique_ptr<objectstore::Store>> open_store(Session& session, const Arguments& arguments,
                                                       const std::string& location);

}  // namespace salvor::cli
