// Randomness from the system, for identifiers and keys.
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"

namespace salvor {

// Cryptographically random bytes.
std::string random_bytes(std::size_t count);

// A fresh document id as MongoDB makes them: 24 lower-case hex digits, of which the first 8 are the
// time in seconds, so that ids sort by age; within one process later ids are always greater.
// Any thread may call.
std::string new_object_id(EpochSeconds now);

// Whether the text is 24 lower-case hex digits.
bool is_object_id(const std::string& text);

std::string hex(const std::string& bytes);

// Letters, digits, '-' and '_' only (URL-safe base64 without padding).
std::string base64url(const std::string& bytes);

}  // namespace salvor
