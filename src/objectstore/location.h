// One way to name a store: a folder, or a bucket as restic writes it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "objectstore/limited.h"
#include "objectstore/s3_options.h"
#include "objectstore/store.h"

namespace salvor::objectstore {

// What a location does not say. Endpoint, bucket and prefix are the location's.
struct StoreAccess {
  S3Options s3{};
  Bandwidth bandwidth{};
};

bool is_bucket_location(const std::string& location);

// The options of "s3:https://host[:port]/bucket[/prefix]"; without a scheme it is https. Fails with
// invalid, never with a part of it that may be a key.
Result<S3Options> bucket_options(const std::string& location, S3Options others);

// A bucket's store, which retries; or the store in a folder, for any other location.
Result<std::unique_ptr<Store>> open_store(const std::string& location, const StoreAccess& access);

}  // namespace salvor::objectstore
