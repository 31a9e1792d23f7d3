// The rule for object names, one for all stores: what is refused here can neither leave a folder
// nor differ between a directory and a bucket.
#pragma once

#include <string>

#include "base/result.h"

namespace salvor::objectstore::internal {

// Fails with invalid unless the name is segments of [A-Za-z0-9._-] joined by '/', none of them ""
// "." or "..", each at most 255 bytes and all at most 1024 (S3's limit for a key).
Result<void> check_name(const std::string& name);

// The error of a failed system call on an object or folder: a full disk is exhausted, a missing
// right is denied; a hint tells the user what to do about either.
Error system_error(int number, const std::string& doing);

}  // namespace salvor::objectstore::internal
