// Requests and responses as whole values, for our server and our client alike.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace salvor::http {

// Header names compare without regard to case.
struct HeaderLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using Headers = std::multimap<std::string, std::string, HeaderLess>;

// The first value of a header, or "".
std::string header(const Headers& headers, std::string_view name);

struct Request {
  std::string method{};  // upper case
  std::string target{};  // path and query as they came or go: "/api/v1/jobs?where={...}"
  Headers headers{};
  std::string body{};
  std::string peer{};  // "127.0.0.1:40412" for requests that our server received
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
};

// "Not Found" for 404; "Unknown" for codes without a registered phrase.
std::string_view reason_phrase(int status);

// %XX and, if asked for, '+' undone; a broken escape stays as it is, as Werkzeug does it.
std::string url_decode(std::string_view text, bool plus_is_space);
// Everything but unreserved characters (RFC 3986) escaped.
std::string url_encode(std::string_view text);

// A target split: the decoded path and the decoded parameters, in the order they came, repeated
// names kept. Targets that carry raw '{', '"', blanks or line breaks are taken as they are.
struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters;
  // The first value of a parameter, or null.
  const std::string* find(std::string_view name) const;
};
Target split_target(std::string_view target);

}  // namespace salvor::http
