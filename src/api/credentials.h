// API keys as texts: made, taken out of a request, and turned into what the catalog keeps of them.
#pragma once

#include <string>

#include "http/message.h"

namespace salvor::api {

// A fresh key: 128 letters, digits, '-' and '_' (clients accept 100 to 255 of these), 768 random
// bits. Random keys need no slow hash.
std::string new_key();

// Whether a text has the form of a key: 100 to 255 letters, digits, '-' and '_'.
bool is_key(const std::string& text);

// What is stored of a key: SHA-256 in hex, to look it up by, and the last four characters, for
// people to tell keys apart.
std::string key_hash(const std::string& key);
std::string key_snippet(const std::string& key);

// The token of the Authorization header: "Bearer T" and "Token T" in any case, a bare T, or Basic
// with T as the user's name. Empty when there is none.
std::string presented_token(const http::Headers& headers);

}  // namespace salvor::api
