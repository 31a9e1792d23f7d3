#include "api/preconditions.h"

#include <string_view>

#include "api/problem.h"
#include "schema/date.h"

namespace salvor::api {
namespace {

std::string bare_etag(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

}  // namespace

std::optional<std::string> if_match(const http::Headers& headers) {
  std::string etag = bare_etag(http::header(headers, "If-Match"));
  if (etag.empty()) return std::nullopt;
  return etag;
}

Error stale_etag() { return refusal(412, "Client and server etags don't match"); }

Result<std::string> required_etag(const http::Headers& headers, const catalog::Document& document) {
  std::optional<std::string> etag = if_match(headers);
  if (!etag) {
    return refusal(428, "To edit a document its etag must be provided using the If-Match header");
  }
  if (*etag != document.etag) return stale_etag();
  return *std::move(etag);
}

bool is_unmodified(const http::Headers& headers, const std::string& etag, EpochSeconds updated) {
  const std::string none_match = bare_etag(http::header(headers, "If-None-Match"));
  const auto since = schema::parse_rfc1123(http::header(headers, "If-Modified-Since"));
  if (none_match.empty() && !since) return false;
  if (!none_match.empty() && none_match != etag) return false;
  return !since || updated <= *since + 1;
}

}  // namespace salvor::api
