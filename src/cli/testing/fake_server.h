// A Salvor server in memory, behind the command line's transport. It stores documents and answers
// lists with the real filter language, so a query that the API would refuse fails here, too.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/api_client.h"
#include "cli/transport.h"

namespace salvor::cli::testing {

// Used by one thread. Handed to commands by connect(); outlives what they make of it.
class FakeServer {
 public:
  // The key that it knows. Others are answered with 401.
  std::string key = "key-of-the-test";
  // What happens when a definition is run; by default a PENDING job is made that refers to it.
  std::function<void(FakeServer&, const std::string& resource, const std::string& id)> on_run;
  // Bodies of custom routes, by "METHOD path", such as "GET catalog/export".
  std::map<std::string, std::function<http::Response(const http::Request&)>> routes;
  // Every request as "METHOD target", in order, for the few tests about requests themselves.
  std::vector<std::string> log;

  // Adds a document and returns its id; meta fields are made up unless given.
  std::string add(const std::string& resource, Json document);
  // Requires: the document exists.
  Json& at(const std::string& resource, const std::string& id);
  const std::vector<Json>& all(const std::string& resource) { return documents_[resource]; }

  // The next `times` requests whose "METHOD target" begins so get this instead of an answer.
  struct Fault {
    std::string beginning;
    std::optional<http::Response> response = {};  // else the error
    Error failure = {};
    int times = 1;
  };
  void script(Fault fault) { faults_.push_back(std::move(fault)); }
  // Faults that have not fired; a test that scripts one checks that there are none left.
  std::size_t faults_left() const { return faults_.size(); }

  // The last endpoint that was connected to.
  const Endpoint& endpoint() const { return endpoint_; }
  Connect connect();
  // A client with the right key.
  ApiClient client(Context& context);

  Result<http::Response> answer(const http::Request& request);

 private:
  std::optional<Result<http::Response>> scripted(const std::string& line);
  http::Response routed(const http::Request& request);
  http::Response list(const std::string& resource, const http::Target& target);
  http::Response item(const http::Request& request, const std::string& resource,
                      const std::string& id);
  http::Response create(const std::string& resource, const Json& body);
  http::Response act(const std::string& resource, const std::string& id, const std::string& action);
  void embed(const std::string& clause, Json& document);

  std::map<std::string, std::vector<Json>> documents_;
  std::vector<Fault> faults_;
  Endpoint endpoint_;
  unsigned next_id_ = 1;
};

// An answer of the API.
http::Response json_response(int status, const Json& body);
// Its refusal, with `_issues` unless they are null.
http::Response refusal_response(int status, const std::string& message,
                                const Json& issues = Json());

}  // namespace salvor::cli::testing
