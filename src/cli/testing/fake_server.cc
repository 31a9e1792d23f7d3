#include "cli/testing/fake_server.h"

#include <fmt/format.h>

#include <algorithm>

#include "resources/all.h"
#include "schema/filter.h"
#include "schema/query.h"

namespace salvor::cli::testing {
namespace {

constexpr const char* kDate = "Fri, 09 Oct 2020 21:05:44 GMT";
const std::string kRoot = "/api/v1/";

class FakeTransport final : public ApiTransport {
 public:
  explicit FakeTransport(FakeServer& server) : server_(server) {}
  Result<http::Response> send(Context& context, const http::Request& request) override {
    TRY_VOID(context.check());
    return server_.answer(request);
  }

 private:
  FakeServer& server_;
};

// The job that a definition of each resource makes, and the job's field that names it.
struct JobForm {
  const char* resource;
  const char* type;
  const char* definition;
};
constexpr JobForm kJobForms[] = {{"kubebackups", "K8S_SNAP", "backupdef"},
                                 {"kuberestores", "RESTORE", "restoredef"},
                                 {"kubeoffloads", "K8S_COPY", "offloaddef"}};

const JobForm& job_form(const std::string& resource) {
  return *std::find_if(std::begin(kJobForms), std::end(kJobForms),
                       [&](const JobForm& form) { return form.resource == resource; });
}

std::string parameter(const http::Target& target, std::string_view name) {
  const std::string* value = target.find(name);
  return value == nullptr ? "" : *value;
}

// The parts of a path: "kuberestores/5f…/action/run".
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts = {""};
  for (const char c : path) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

http::Response not_found() { return refusal_response(404, "The requested URL was not found"); }

}  // namespace

http::Response json_response(int status, const Json& body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = body.dump()};
}

http::Response refusal_response(int status, const std::string& message, const Json& issues) {
  Json body = {{"_status", "ERR"}, {"_error", {{"code", status}, {"message", message}}}};
  if (!issues.is_null()) body["_issues"] = issues;
  return json_response(status, body);
}

std::string FakeServer::add(const std::string& resource, Json document) {
  const std::string id = fmt::format("5f80d0a8f281487d59c6{:04x}", next_id_++);
  const Json meta = {{"_id", id},
                     {"_etag", std::string(36, 'e') + id.substr(20)},
                     {"_created", kDate},
                     {"_updated", kDate}};
  for (const auto& [name, value] : meta.items()) {
    if (!document.contains(name)) document[name] = value;
  }
  documents_[resource].push_back(std::move(document));
  return documents_[resource].back()["_id"];
}

Json& FakeServer::at(const std::string& resource, const std::string& id) {
  std::vector<Json>& all = documents_[resource];
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Json& document) { return document["_id"] == id; });
  CHECK(found != all.end());
  return *found;
}

Connect FakeServer::connect() {
  return [this](const Endpoint& endpoint) -> Result<std::unique_ptr<ApiTransport>> {
    endpoint_ = endpoint;
    return std::unique_ptr<ApiTransport>(std::make_unique<FakeTransport>(*this));
  };
}

ApiClient FakeServer::client(Context& context) {
  return ApiClient(context, std::make_unique<FakeTransport>(*this), key);
}

Result<http::Response> FakeServer::answer(const http::Request& request) {
  const std::string line = request.method + " " + request.target;
  log.push_back(line);
  if (auto fault = scripted(line)) return *std::move(fault);
  if (http::header(request.headers, "Authorization") != "Bearer " + key) {
    return refusal_response(401, "Please provide proper credentials");
  }
  return routed(request);
}

std::optional<Result<http::Response>> FakeServer::scripted(const std::string& line) {
  const auto fault = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& candidate) {
    return line.starts_with(candidate.beginning);
  });
  if (fault == faults_.end()) return std::nullopt;
  Result<http::Response> outcome = fault->response ? Result<http::Response>(*fault->response)
                                                   : Result<http::Response>(fault->failure);
  if (--fault->times == 0) faults_.erase(fault);
  return outcome;
}

http::Response FakeServer::routed(const http::Request& request) {
  const http::Target target = http::split_target(request.target);
  if (!target.path.starts_with(kRoot)) return not_found();
  const std::string path = target.path.substr(kRoot.size());
  if (const auto route = routes.find(request.method + " " + path); route != routes.end()) {
    return route->second(request);
  }
  const std::vector<std::string> parts = parts_of(path);
  if (resources::find(parts[0]) == nullptr) return not_found();
  if (parts.size() == 1 && request.method == "GET") return list(parts[0], target);
  if (parts.size() == 1) return create(parts[0], Json::parse(request.body));
  if (parts.size() == 2) return item(request, parts[0], parts[1]);
  return act(parts[0], parts[1], parts.back());
}

http::Response FakeServer::list(const std::string& resource, const http::Target& target) {
  const schema::Resource& table = *resources::find(resource);
  const auto filter = schema::parse_filter(table, parameter(target, "where"));
  const auto sort = schema::parse_sort(table, parameter(target, "sort"));
  const auto projection = schema::parse_projection(parameter(target, "projection"));
  if (!filter.ok()) return refusal_response(400, filter.error().message);
  if (!sort.ok()) return refusal_response(400, sort.error().message);
  if (!projection.ok()) return refusal_response(400, projection.error().message);
  std::vector<Json> found;
  for (const Json& document : documents_[resource]) {
    if (schema::matches(*filter, document)) found.push_back(document);
  }
  if (!sort->empty()) {
    const schema::Sort& by = sort->front();
    std::stable_sort(found.begin(), found.end(), [&](const Json& a, const Json& b) {
      const Json& first = member(by.descending ? b : a, by.field);
      return first < member(by.descending ? a : b, by.field);
    });
  }
  const std::uint64_t size = schema::parse_max_results(table, parameter(target, "max_results"));
  const std::uint64_t page = schema::parse_page(parameter(target, "page"));
  Json items = Json::array();
  for (std::uint64_t i = (page - 1) * size; i < std::min<std::uint64_t>(page * size, found.size());
       ++i) {
    embed(parameter(target, "embedded"), found[i]);
    items.push_back(projection->apply(found[i]));
  }
  return json_response(
      200, {{"_items", items},
            {"_meta", {{"page", page}, {"max_results", size}, {"total", found.size()}}}});
}

void FakeServer::embed(const std::string& clause, Json& document) {
  const auto paths = schema::parse_embedded(clause);
  if (!paths.ok()) return;
  for (std::string path : *paths) {
    std::replace(path.begin(), path.end(), '.', '/');
    const Json::json_pointer place("/" + path);
    for (const auto& [resource, all] : documents_) {
      for (const Json& other : all) {
        if (document.contains(place) && other["_id"] == document[place]) {
          document[place] = other;
          break;
        }
      }
    }
  }
}

http::Response FakeServer::item(const http::Request& request, const std::string& resource,
                                const std::string& id) {
  std::vector<Json>& all = documents_[resource];
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Json& document) { return document["_id"] == id; });
  if (found == all.end()) return not_found();
  if (request.method == "GET") return json_response(200, *found);
  const std::string etag = http::header(request.headers, "If-Match");
  if (!etag.empty() && etag != "\"" + text_at(*found, "_etag") + "\"") {
    return refusal_response(412, "Client and server etags don't match");
  }
  if (request.method == "PATCH") {
    found->update(parse_json(request.body).value());
    return json_response(200, *found);
  }
  CHECK(request.method == "DELETE");
  all.erase(found);
  return {.status = 204, .headers = {}, .body = ""};
}

http::Response FakeServer::create(const std::string& resource, const Json& body) {
  for (const Json& other : documents_[resource]) {
    if (other["name"] == body["name"]) {
      return refusal_response(422, "Insertion failure: 1 document(s) contain(s) error(s)",
                              {{"name", "value '" + text_at(body, "name") + "' is not unique"}});
    }
  }
  const std::string id = add(resource, body);
  return json_response(201, at(resource, id));
}

http::Response FakeServer::act(const std::string& resource, const std::string& id,
                               const std::string& action) {
  if (action == "cancel") at(resource, id)["state"] = "CANCELED";
  for (const auto& [proof, type] : {std::pair("verify", "VERIFY"), std::pair("drill", "DRILL")}) {
    if (action != proof) continue;
    at(resource, id)[action + "_jobid"] = add(
        "jobs", {{"name", "job-1"}, {"type", type}, {"state", "PENDING"}, {"backup_inst", id}});
  }
  if (action == "import") {
    at(resource, id)["import_jobid"] = add(
        "jobs",
        {{"name", "job-1"}, {"type", "IMPORT_COPIES"}, {"state", "PENDING"}, {"objectstore", id}});
  }
  if (action == "run" && on_run) {
    on_run(*this, resource, id);
  } else if (action == "run") {
    const JobForm& form = job_form(resource);
    add("jobs",
        {{"name", "job-1"}, {"type", form.type}, {"state", "PENDING"}, {form.definition, id}});
  }
  return json_response(200, at(resource, id));
}

}  // namespace salvor::cli::testing
