#include "api/responses.h"

#include <utility>

namespace salvor::api {

http::Response json_response(std::string body) {
  http::Response response;
  response.headers.emplace("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

http::Response document_response(const View& view, const catalog::Document& document) {
  const std::string shown = view.visible_text(document);
  http::Response response =
      json_response(view.item(document, shown, view.related(shown), "", ", \"_status\": \"OK\""));
  response.headers.emplace("ETag", '"' + document.etag + '"');
  return response;
}

http::Response no_content() {
  http::Response response = json_response("");
  response.status = 204;
  return response;
}

}  // namespace salvor::api
