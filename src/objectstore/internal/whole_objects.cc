#include "objectstore/internal/whole_objects.h"

namespace salvor::objectstore::internal {

Result<void> put_whole(Context& context, Store& store, const std::string& name,
                       const std::string& bytes) {
  TRY(const std::unique_ptr<Upload> upload, store.put(context, name));
  TRY_VOID(upload->write(context, bytes));
  return upload->finish(context);
}

Result<std::string> get_whole(Context& context, Store& store, const std::string& name) {
  std::string all;
  TRY_VOID(store.get(context, name, [&](std::string_view bytes) -> Result<void> {
    all += bytes;
    return {};
  }));
  return all;
}

Result<std::vector<std::string>> list_names(Context& context, Store& store,
                                            const std::string& prefix) {
  TRY(const std::vector<ObjectInfo> listed, store.list(context, prefix));
  std::vector<std::string> names;
  for (const ObjectInfo& object : listed) names.push_back(object.name);
  return names;
}

Result<bool> is_there(Context& context, Store& store, const std::string& name) {
  const auto found = store.stat(context, name);
  if (found.ok()) return true;
  if (found.error().code == ErrorCode::not_found) return false;
  return found.error();
}

}  // namespace salvor::objectstore::internal
