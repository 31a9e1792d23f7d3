// The API over a real catalog in a file of its own, for tests that look at whole answers.
#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/api.h"
#include "api/testing/faulty_catalog.h"
#include "base/json.h"
#include "catalog/catalog.h"

namespace salvor::api::testing {

// A clock that stands still until a test steps it.
class StepClock : public Clock {
 public:
  EpochSeconds wall_seconds() const override { return kStart + stepped_; }
  SteadyTime steady() const override { return SteadyTime() + std::chrono::seconds(stepped_); }
  bool wait_until(SteadyTime, const std::stop_token& stop) override {
    return !stop.stop_requested();
  }
  void step(EpochSeconds seconds) { stepped_ += seconds; }

  static constexpr EpochSeconds kStart = 1602277544;  // Fri, 09 Oct 2020 21:05:44 GMT

 private:
  std::atomic<EpochSeconds> stepped_{0};
};

// What the API called out of itself.
struct Calls {
  std::mutex mutex;
  int jobs_changed = 0;
  std::vector<std::string> clusters_changed;
};

// An answer with its body read.
struct Reply {
  int status = 0;
  http::Headers headers;
  std::string text;
  Json body;  // null when the text is no JSON

  std::string header(const std::string& name) const { return http::header(headers, name); }
  // `_issues` of a refusal.
  const Json& issues() const { return member(body, "_issues"); }
  // `_error.message` of a refusal.
  std::string message() const { return text_at(member(body, "_error"), "message"); }
};

// Any thread may send. Requests carry the ADMIN key unless they bring an Authorization.
class Server {
 public:
  explicit Server(Options options = {});
  ~Server();

  Reply send(const std::string& method, const std::string& target, const std::string& body = "",
             http::Headers headers = {}) const;
  Reply get(const std::string& path) const { return send("GET", "/api/v1/" + path); }
  Reply post(const std::string& path, const Json& body) const;
  Reply put(const std::string& path, const Json& body, const std::string& etag) const;
  Reply patch(const std::string& path, const Json& body, const std::string& etag) const;
  Reply remove(const std::string& path) const { return send("DELETE", "/api/v1/" + path); }

  // A document put straight into the catalog, defaults added; its id.
  std::string insert(const std::string& resource, const Json& body, const std::string& id = "");
  // A document as it is stored; null when there is none.
  Json stored(const std::string& resource, const std::string& id);
  // Changes stored fields as the server itself would.
  void edit(const std::string& resource, const std::string& id, const Json& merge_patch);
  // The number of documents that equal `value` at `path`.
  std::size_t count(const std::string& resource, const std::string& path, const Json& value);

  // One each, with what the next needs: a recovery point is READY and has namespaces "web" and
  // "db".
  std::string cluster(const std::string& name = "testcluster");
  std::string recovery_point(const std::string& cluster_id);

  catalog::Catalog& catalog() { return *catalog_; }
  // What stands between the API and its catalog; the methods above go past it.
  FaultyCatalog& faults() { return *faults_; }
  const std::string& folder() const { return folder_; }
  const std::string& admin_key() const { return admin_key_; }
  const std::string& user_key() const { return user_key_; }

  StepClock clock;
  Calls calls;

 private:
  std::string folder_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<FaultyCatalog> faults_;
  std::string admin_key_;
  std::string user_key_;
  std::unique_ptr<Api> api_;
};

// Headers of a request with a JSON body.
http::Headers json_headers(
    std::initializer_list<std::pair<const std::string, std::string>> more = {});

}  // namespace salvor::api::testing
