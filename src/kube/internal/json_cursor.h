// Walks over a JSON text without building values: a list of 30,000 objects is cut into their texts
// at the speed of memory. It trusts that the text is JSON as an API server writes it; broken
// nesting is found, but a slice is only known to be valid once somebody parses it.
//
//   JsonCursor cursor(text);
//   if (cursor.enter_object()) {
//     while (auto name = cursor.next_member()) use(*name, cursor.value());
//   }
//   if (!cursor.is_at_end()) return cursor.problem();
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace salvor::kube {

// Borrows the text. One thread. Once something is broken it stays broken, and all answers are
// false, nothing or "".
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : text_(text) {}

  // Steps into the object or array that stands here; false, and broken, when something else does.
  bool enter_object();
  bool enter_array();

  // The next member's name as it stands between the quotes, escapes and all, or nothing at the
  // object's end, which is then behind us. The member's value must be passed with value() or
  // entered.
  std::optional<std::string_view> next_member();
  // The same for an array: whether there is another element.
  bool next_element();

  // Passes the value that stands here and gives its text.
  std::string_view value();

  // Whether that character stands here, after blanks.
  bool is_at(char expected);
  // Where we are, for slices from one place to another.
  std::size_t position() const { return at_; }
  std::string_view slice_from(std::size_t start) const { return text_.substr(start, at_ - start); }

  // Whether the whole text has been walked and nothing was broken.
  bool is_at_end();
  // Corrupt, naming the byte.
  Error problem() const;

 private:
  bool enter(char bracket);
  bool next(char closing_bracket);
  std::string_view string();
  std::string_view nested();
  std::string_view word();
  bool skip_string();
  void skip_blanks();
  std::string_view broken();

  const std::string_view text_;
  std::size_t at_ = 0;
  bool is_first_ = false;  // nothing has been passed yet of the object or array we are in
  bool is_broken_ = false;
};

}  // namespace salvor::kube
