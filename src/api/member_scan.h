// The top-level members of a stored document's text, read without building values. Lists are
// answered from the stored text; the few members that links need are picked out here.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace salvor::api {

// A member as it stands in the text: the key without its quotes (escapes not undone), the value as
// its JSON text. Both borrow from the scanned text.
struct Member {
  std::string_view key;
  std::string_view value;
};

// Requires: the text is one JSON object in the wire's form (base/json.h), as the catalog stores it;
// it outlives the scan.
class MemberScan {
 public:
  explicit MemberScan(std::string_view object);
  // The next member in the text's order; nothing at the end.
  std::optional<Member> next();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// The text of a JSON string value without its quotes; nothing when the value is no string or has
// escapes (ids and names of fields never do).
std::optional<std::string_view> plain_string(std::string_view value);

}  // namespace salvor::api
