#include "restore/request.h"

namespace salvor::restore {

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
  request.seal = archive::seal_in(point);
  if (text_at(point, "state") != "READY" || !request.seal.is_there()) {
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
