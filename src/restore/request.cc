#include "restore/request.h"

namespace salvor::restore {
namespace {

// 0 when there is no such number, as in the document of a recovery point that is not READY.
std::uint64_t count_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

}  // namespace

archive::ArchiveSeal seal_in(const Json& document) {
  const Json& seal = member(document, "archive");
  return {text_at(seal, "name"), text_at(seal, "sha256"), count_at(seal, "size_bytes"),
          count_at(seal, "items")};
}

Json to_json(const archive::ArchiveSeal& seal) {
  return {{"name", seal.name},
          {"sha256", seal.sha256},
          {"size_bytes", seal.size_bytes},
          {"items", seal.items}};
}

Result<Json> load(Context& context, catalog::Catalog& catalog, const std::string& resource,
                  const std::string& id) {
  TRY(const catalog::Document document,
      catalog.get(context, resource, id).within("reading " + resource + "/" + id));
  Json body = document.body();
  body["_id"] = document.id;
  return body;
}

Result<Request> load_request(Context& context, catalog::Catalog& catalog, const Json& job) {
  Request request;
  request.restore = member(job, "restore");
  if (!request.restore.is_object()) {
    TRY(request.restore, load(context, catalog, "kuberestores", text_at(job, "restoredef")));
  }
  TRY(const Json point,
      load(context, catalog, "backupinstances", text_at(request.restore, "backup_inst")));
  request.seal = seal_in(point);
  if (text_at(point, "state") != "READY" || request.seal.name.empty()) {
    return error(ErrorCode::invalid, "recovery point " + text_at(point, "name") + " is not READY")
        .with_hint("choose one whose state is READY");
  }
  if (text_at(point, "type") == "COPY") {
    request.copies = {text_at(point, "objectstore"), text_at(point, "cluster")};
  }
  TRY(request.claims, load_claims_data(context, catalog, point));
  return request;
}

}  // namespace salvor::restore
