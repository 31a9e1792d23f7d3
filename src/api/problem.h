// Refusals: from what went wrong to the answer that says so, in Eve's form. Inside the room a
// refusal travels as an Error, so that it can leave a catalog transaction and every TRY on the way;
// the status it must be answered with and the issues of a document ride along as facts.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::api {

// The texts that Eve (Werkzeug) sends for failures without a text of their own.
extern const std::string kNotFoundText;
extern const std::string kMethodText;
extern const std::string kCredentialsText;

// An error that is answered with exactly this status and message.
Error refusal(int status, std::string message);
// The same for a document, an action or a route that is not there.
Error not_found();

// A document that broke its resource's rules: `issues` by field name as Eve writes them. A new
// document's refusal also carries the `_error` object, a changed one's does not (as measured on
// Eve).
Error insertion_refused(const Json& issues);
Error change_refused(const Json& issues);

// The status of an error: its own when it has one, else by its code.
int http_status(const Error& failure);

// {"_status": "ERR", "_error": {"code": ..., "message": ...}}, with WWW-Authenticate when 401.
http::Response problem(int status, std::string_view message);
// The answer of an error. Messages of our own mistakes (bug, corrupt) are not sent to the client.
http::Response problem(const Error& failure);

}  // namespace salvor::api
