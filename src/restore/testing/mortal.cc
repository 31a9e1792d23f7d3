#include "restore/testing/mortal.h"

namespace salvor::restore::testing {

Result<void> Life::event() {
  if (!is_dead_ && events_++ >= last_) is_dead_ = true;
  if (is_dead_) return error(ErrorCode::cancelled, "the process is dead");
  return {};
}

Result<kube::ServerVersion> MortalApi::version(Context& context) {
  TRY_VOID(life_.event());
  return api_.version(context);
}

Result<kube::Discovery> MortalApi::discover(Context& context) {
  TRY_VOID(life_.event());
  return api_.discover(context);
}

Result<kube::ListPage> MortalApi::list(Context& context, const kube::ResourceType& type,
                                       const kube::ListOptions& options) {
  TRY_VOID(life_.event());
  return api_.list(context, type, options);
}

Result<void> MortalApi::watch(Context& context, const kube::ResourceType& type,
                              const kube::ListOptions& options, const kube::WatchSink& sink) {
  TRY_VOID(life_.event());
  return api_.watch(context, type, options, sink);
}

Result<Json> MortalApi::get(Context& context, const kube::ResourceType& type,
                            const kube::ObjectKey& key) {
  TRY_VOID(life_.event());
  return api_.get(context, type, key);
}

Result<Json> MortalApi::create(Context& context, const kube::ResourceType& type,
                               const std::string& namespace_name, const std::string& body,
                               const kube::WriteOptions& options) {
  TRY_VOID(life_.event());
  return api_.create(context, type, namespace_name, body, options);
}

Result<Json> MortalApi::patch(Context& context, const kube::ResourceType& type,
                              const kube::ObjectKey& key, kube::PatchKind kind, const Json& patch,
                              const kube::WriteOptions& options) {
  TRY_VOID(life_.event());
  return api_.patch(context, type, key, kind, patch, options);
}

Result<void> MortalApi::remove(Context& context, const kube::ResourceType& type,
                               const kube::ObjectKey& key, const kube::RemoveOptions& options) {
  TRY_VOID(life_.event());
  return api_.remove(context, type, key, options);
}

Result<catalog::Document> MortalCatalog::get(Context& context, const std::string& resource,
                                             const std::string& id) {
  TRY_VOID(life_.event());
  return catalog_.get(context, resource, id);
}

Result<catalog::Page> MortalCatalog::find(Context& context, const std::string& resource,
                                          const catalog::Query& query) {
  TRY_VOID(life_.event());
  return catalog_.find(context, resource, query);
}

Result<std::vector<catalog::Document>> MortalCatalog::commit(
    Context& context, const catalog::Transaction& transaction) {
  TRY_VOID(life_.event());
  return catalog_.commit(context, transaction);
}

}  // namespace salvor::restore::testing
