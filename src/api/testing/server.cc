#include "api/testing/server.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "api/credentials.h"
#include "base/log.h"
#include "catalog/sqlite.h"
#include "resources/all.h"

namespace salvor::api::testing {
namespace {

std::string new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "salvor-api-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

Hooks recording(Calls& calls) {
  return {.jobs_changed =
              [&calls] {
                const std::lock_guard lock(calls.mutex);
                ++calls.jobs_changed;
              },
          .cluster_changed =
              [&calls](const std::string& id) {
                const std::lock_guard lock(calls.mutex);
                calls.clusters_changed.push_back(id);
              },
          .check_kubeconfig = [](const std::string& kubeconfig) -> Result<void> {
            if (kubeconfig.find("broken") == std::string::npos) return {};
            return error(ErrorCode::invalid, "kubeconfig has no current context");
          }};
}

}  // namespace

http::Headers json_headers(std::initializer_list<std::pair<const std::string, std::string>> more) {
  http::Headers headers{{"Content-Type", "application/json"}};
  headers.insert(more.begin(), more.end());
  return headers;
}

Server::Server(Options options) : folder_(new_folder()) {
  Context context{clock, null_log(), {}, {}};
  auto catalog = catalog::open_sqlite(context, folder_ + "/catalog.db");
  CHECK(catalog.ok());
  catalog_ = std::move(catalog).value();
  faults_ = std::make_unique<FaultyCatalog>(*catalog_);
  admin_key_ = new_key();
  user_key_ = new_key();
  insert("apikeys", {{"name", "admin"}, {"org_role", "ADMIN"}, {"hash", key_hash(admin_key_)}});
  insert("apikeys", {{"name", "user"}, {"org_role", "USER"}, {"hash", key_hash(user_key_)}});
  api_ = std::make_unique<Api>(*faults_, clock, null_log(), Sealer(std::string(32, 'k')),
                               recording(calls), std::move(options));
}

Server::~Server() {
  api_.reset();
  catalog_.reset();
  std::filesystem::remove_all(folder_);
}

Reply Server::send(const std::string& method, const std::string& target, const std::string& body,
                   http::Headers headers) const {
  if (headers.find("Authorization") == headers.end()) {
    headers.emplace("Authorization", "Bearer " + admin_key_);
  }
  const http::Response response = api_->handle({method, target, std::move(headers), body, ""});
  Reply reply{response.status, response.headers, response.body, Json()};
  if (Result<Json> read = parse_json(response.body)) reply.body = std::move(read).value();
  return reply;
}

Reply Server::post(const std::string& path, const Json& body) const {
  return send("POST", "/api/v1/" + path, compact(body), json_headers());
}

Reply Server::put(const std::string& path, const Json& body, const std::string& etag) const {
  return send("PUT", "/api/v1/" + path, compact(body), json_headers({{"If-Match", etag}}));
}

Reply Server::patch(const std::string& path, const Json& body, const std::string& etag) const {
  return send("PATCH", "/api/v1/" + path, compact(body), json_headers({{"If-Match", etag}}));
}

std::string Server::insert(const std::string& resource, const Json& body, const std::string& id) {
  Context context{clock, null_log(), {}, {}};
  const Json whole = schema::with_defaults(*resources::find(resource), body);
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::Insert{resource, id, whole});
  const auto stored = catalog_->commit(context, transaction);
  EXPECT_TRUE(stored.ok()) << resource << " " << body << " "
                           << (stored.ok() ? "" : stored.error().describe());
  return stored.ok() ? stored->front().id : std::string();
}

Json Server::stored(const std::string& resource, const std::string& id) {
  Context context{clock, null_log(), {}, {}};
  const auto document = catalog_->get(context, resource, id);
  return document ? document->body() : Json();
}

void Server::edit(const std::string& resource, const std::string& id, const Json& merge_patch) {
  Context context{clock, null_log(), {}, {}};
  const auto apply = [&merge_patch](const Json& stored) -> Result<Json> {
    Json changed = stored;
    changed.merge_patch(merge_patch);
    return changed;
  };
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::Edit{resource, id, {}, catalog::Touch::server, apply});
  EXPECT_TRUE(catalog_->commit(context, transaction).ok());
}

std::size_t Server::count(const std::string& resource, const std::string& path, const Json& value) {
  Context context{clock, null_log(), {}, {}};
  catalog::Query query;
  query.filter = schema::equals(path, value);
  const auto page = catalog_->find(context, resource, query);
  EXPECT_TRUE(page.ok());
  return page ? page->total : 0;
}

std::string Server::cluster(const std::string& name) {
  return insert("kubeclusters", {{"name", name}, {"status", {{"state", "ACTIVE"}}}});
}

std::string Server::recovery_point(const std::string& cluster_id) {
  const std::string id = insert("backupinstances", {{"name", "backupinst-1602277544"},
                                                    {"state", "READY"},
                                                    {"start_time", 1602277544},
                                                    {"cluster", cluster_id},
                                                    {"cluster_name", "testcluster"},
                                                    {"resource_types", {"secrets", "pods"}}});
  for (const char* name : {"web", "db"}) {
    insert("kubenamespaces", {{"name", name}, {"cluster_id", cluster_id}, {"backupinst_id", id}});
  }
  return id;
}

}  // namespace salvor::api::testing
