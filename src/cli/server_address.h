// What a user may write for a server and a key.
#pragma once

#include <string>

#include "base/result.h"

namespace salvor::cli {

// "salvor.example.com", "localhost:8080", "http://10.0.0.1:8080/api/v1/" as a base URL without path
// end: https unless http is said, without a trailing slash or /api/v1. Fails with a usage error.
Result<std::string> server_address(const std::string& text);

// The key in a file, without blanks and line ends around it. Fails with invalid, never with a part
// of the key in the message.
Result<std::string> read_key(const std::string& path);
// The same for text that came another way.
Result<std::string> clean_key(const std::string& text);

}  // namespace salvor::cli
