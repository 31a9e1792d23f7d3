// Names of files as a repository's JSON has them: quoted as a Go string literal without its quotes,
// so that any bytes survive, and then escaped once more as JSON.
// Source: strconv.Quote and Unquote of Go. Which characters are printable is Go's own table;
// here those of the scripts count as such, which every reader understands as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace salvor::repo {

std::string quote_name(std::string_view name);

// Nothing when the text cannot be what stands between a literal's quotes.
std::optional<std::string> unquote_name(std::string_view text);

// A code point, from the front of UTF-8 text, which is shortened by it. Nothing, and only one byte
// off, when no well-formed one stands there.
std::optional<char32_t> take_code_point(std::string_view& text);
void append_utf8(std::string& out, char32_t point);

}  // namespace salvor::repo
