// Answers that several handlers give.
#pragma once

#include <string>

#include "api/view.h"
#include "catalog/catalog.h"
#include "http/message.h"

namespace salvor::api {

// 200 with a JSON body.
http::Response json_response(std::string body);

// 200 with the whole document, `"_status": "OK"` and its ETag: what a write is answered with.
http::Response document_response(const View& view, const catalog::Document& document);

// 204, with the Content-Type that Eve sends all the same.
http::Response no_content();

}  // namespace salvor::api
