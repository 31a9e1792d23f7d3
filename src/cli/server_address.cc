#include "cli/server_address.h"

#include "cli/exit_code.h"
#include "cli/files.h"

namespace salvor::cli {

Result<std::string> server_address(const std::string& text) {
  std::string url = text;
  if (url.find("://") == std::string::npos) url = "https://" + url;
  const bool is_http = url.starts_with("http://") || url.starts_with("https://");
  const std::size_t host = url.find("://") + 3;
  while (url.size() > host && url.back() == '/') url.pop_back();
  for (const std::string end : {"/api/v1", "/api"}) {
    if (url.ends_with(end)) url.resize(url.size() - end.size());
  }
  const bool is_plain = url.find_first_of(" \t\r\n?#@", host) == std::string::npos;
  if (!is_http || url.size() <= host || !is_plain) {
    return usage_error("'" + text + "' is not a server's address",
                       "write it as https://salvor.example.com or http://127.0.0.1:8080");
  }
  return url;
}

Result<std::string> clean_key(const std::string& text) {
  static constexpr const char* kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string::npos) return error(ErrorCode::invalid, "the key is empty");
  std::string key = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  for (const char c : key) {
    if (c <= ' ' || c == 0x7f) {
      return error(ErrorCode::invalid, "the key holds blanks or control characters")
          .with_hint("the key must stand alone, on one line");
    }
  }
  return key;
}

Result<std::string> read_key(const std::string& path) {
  TRY(const std::string text, read_file(path).within("reading the key"));
  return clean_key(text).within("reading the key from " + path);
}

}  // namespace salvor::cli
