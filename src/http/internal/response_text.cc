#include "http/internal/response_text.h"

#include <algorithm>
#include <array>

namespace salvor::http::internal {
namespace {

constexpr std::array<std::string_view, 5> kOwnHeaders = {
    "Connection", "Content-Length", "Date", "Keep-Alive", "Transfer-Encoding",
};

bool is_own(std::string_view name) {
  return std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(), [name](std::string_view own) {
    return own.size() == name.size() && !HeaderLess{}(own, name) && !HeaderLess{}(name, own);
  });
}

void append_one_line(std::string& text, std::string_view value) {
  const std::size_t begin = text.size();
  text += value;
  std::replace_if(
      text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

std::string_view connection_line(Afterwards afterwards) {
  switch (afterwards) {
    case Afterwards::close:
      return "Connection: close\r\n";
    case Afterwards::keep:
      return "";
    case Afterwards::keep_http_1_0:
      return "Connection: keep-alive\r\n";
  }
  return "";
}

}  // namespace

bool has_body(int status) { return status / 100 != 1 && status != 204 && status != 304; }

std::string response_head(const Response& response, Afterwards afterwards, EpochSeconds now) {
  std::string text;
  text.reserve(512);
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  text.append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (is_own(name)) continue;
    append_one_line(text, name);
    text += ": ";
    append_one_line(text, value);
    text += "\r\n";
  }
  if (has_body(response.status)) {
    text.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  text.append("Date: ").append(rfc1123(now)).append("\r\n");
  return text.append(connection_line(afterwards)).append("\r\n");
}

}  // namespace salvor::http::internal
