// Which handler answers a request, and whether the caller may.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "api/auth.h"
#include "api/behaviour.h"
#include "api/parts.h"
#include "api/route.h"
#include "api/view.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::api {

struct Call;

// An answer, and the methods that its place takes ("" when there is no such place).
struct Answer {
  http::Response response;
  std::string allow;
};

// Any thread may call.
class Dispatch {
 public:
  explicit Dispatch(const Parts& parts);

  // `method` is the one that counts, overrides undone. Refusals come in Eve's order: 404 and 405
  // before 401, that before 403 and all that the handlers find.
  Answer answer(const http::Request& request, const std::string& method);

 private:
  Result<http::Response> by_place(const http::Request& request, const http::Target& target,
                                  const Route& route, const std::string& method);
  Result<http::Response> by_resource(const http::Request& request, const http::Target& target,
                                     const Route& route, const std::string& method,
                                     const Caller& caller);
  Result<http::Response> by_method(Call& call, const std::string& method);
  Result<http::Response> exchange(const http::Request& request, const http::Target& target,
                                  const Route& route, const Caller& caller);
  Context context() const;

  const Parts& parts_;
  Auth auth_;
  const Behaviours behaviours_;
  std::map<std::string, View, std::less<>> views_;
  std::string home_;
  std::once_flag documents_made_;
  std::string documents_;  // made when first asked for
};

// The OpenAPI document of the whole API.
std::string openapi_text();

}  // namespace salvor::api
