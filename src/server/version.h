// This program's version, as `salvor version` and the User-Agent say it.
#pragma once

namespace salvor::server {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace salvor::server
