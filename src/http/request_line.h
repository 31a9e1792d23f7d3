// Request lines and targets as they really come. Clients of the API put raw JSON into their
// queries, with quotes, braces, runs of blanks and even line breaks; RFC 9112 allows none of it.
// What stands here is pure, looks at bytes only, and is fuzzed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace salvor::http {

// Percent-encodes the bytes that may not stand in a request target (blanks, control characters,
// '"', '<', '>', '\', '^', '`', '{', '|', '}', '#' and all beyond ASCII) and leaves the rest,
// escapes among it, as it is. split_target() gives the same for both forms.
std::string escape_target(std::string_view target);

// The block of a request's first line and headers, its parts as views into the bytes given.
struct RequestHead {
  std::string_view method;
  std::string_view target;   // as it came; may hold blanks and line breaks
  std::string_view version;  // "HTTP/1.1" or "HTTP/1.0"
  std::string_view fields;   // the header lines and the empty line that ends them

  // The same request as RFC 9112 writes it, for a strict parser.
  std::string strict_text() const;
};

// Cuts a head, which ends with an empty line, into its parts.
//
// A target ends at the first " HTTP/1.0" or " HTTP/1.1" before a CRLF. Blanks and line breaks are
// taken only in the query of a target under "/api", and only where no second reading of the bytes
// is possible: none of the lines inside the target may look like a header or end like a request
// line. So no proxy before us can take for a header what is a piece of target here, or the other
// way round. Fails (nothing) for these, for folded headers, for control characters among the
// headers, and for a first line that is none.
std::optional<RequestHead> split_request_head(std::string_view head);

}  // namespace salvor::http
