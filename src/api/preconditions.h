// The headers that make a request depend on the state of a document.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "http/message.h"

namespace salvor::api {

// The etag of If-Match without quotes and "W/"; nothing when the header is missing or empty.
std::optional<std::string> if_match(const http::Headers& headers);

// The etag that a PUT or PATCH must give, when it is the document's. Fails with 428 or 412.
Result<std::string> required_etag(const http::Headers& headers, const catalog::Document& document);

// 412.
Error stale_etag();

// Whether a GET is answered with 304: every header sent of If-None-Match and If-Modified-Since
// must hold (against RFC 9110, but as Eve does it), the latter with one second of slack.
bool is_unmodified(const http::Headers& headers, const std::string& etag, EpochSeconds updated);

}  // namespace salvor::api
