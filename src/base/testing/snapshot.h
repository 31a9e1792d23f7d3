// Texts that are checked in and made by the program: a test fails when they are stale.
#pragma once

#include <string>

namespace salvor::testing {

// Expects the file to hold the text. With UPDATE_SNAPSHOTS=1 in the environment it is written
// first.
void expect_snapshot(const std::string& file, const std::string& text);

}  // namespace salvor::testing
