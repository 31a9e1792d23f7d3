// The hashes that S3 wants of what it gets, with the processor's instructions where it has them.
#pragma once

#include <string>
#include <string_view>

namespace salvor::objectstore::internal {

enum class Hash { sha256, md5 };

// The digest's bytes.
std::string digest(Hash hash, std::string_view bytes);

}  // namespace salvor::objectstore::internal
