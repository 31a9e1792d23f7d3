// What all stores share: the rule for object names, so that what is refused here can neither leave
// a folder nor differ between a directory and a bucket; and errors.
#pragma once

#include <string>

#include "base/result.h"
#include "objectstore/store.h"

namespace salvor::objectstore::internal {

// Fails with invalid unless the name is segments of [A-Za-z0-9._-] joined by '/', none of them ""
// "." or "..", each at most 255 bytes and all at most 1024 (S3's limit for a key).
Result<void> check_name(const std::string& name);

// The error of a failed system call on an object or folder: a full disk is exhausted, a missing
// right is denied; a hint tells the user what to do about either.
Error system_error(int number, const std::string& doing);

// The error of a read that goes past an object's end.
Error too_short(const ObjectInfo& object, std::uint64_t offset, std::size_t length);

}  // namespace salvor::objectstore::internal
