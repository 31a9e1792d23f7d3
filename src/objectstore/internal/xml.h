// The little XML that S3 servers answer with, as a tree. It is foreign: size, depth and number of
// elements are limited, and documents that declare types or entities are refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace salvor::objectstore::internal {

// Attributes are dropped: nothing in S3 stands in them.
struct XmlElement {
  std::string name{};
  std::string text{};  // all of its own text, joined
  std::vector<XmlElement> children{};

  // The first child of that name, or null.
  const XmlElement* find(std::string_view child) const;
  // Its text, or "".
  std::string text_of(std::string_view child) const;
};

struct XmlLimits {
  std::size_t bytes_max = std::size_t{16} << 20;
  unsigned depth_max = 16;
  std::size_t elements_max = 100'000;
};

// The document's root. Fails with corrupt for what is not well-formed or goes beyond a limit.
Result<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits = {});

}  // namespace salvor::objectstore::internal
