#include "server/copies.h"

#include <nlohmann/json.hpp>

#include "objectstore/location.h"
#include "server/copy_repository.h"
#include "server/object_store_access.h"

namespace salvor::server {
namespace {

std::string joined(const std::string& one, const std::string& other) {
  return one.empty() ? other : one + "/" + other;
}

// As restic writes it.
std::string location_of(const ObjectStoreAccess& access, const std::string& folder) {
  return "s3:" + access.endpoint + "/" + access.bucket + (folder.empty() ? "" : "/" + folder);
}

objectstore::StoreAccess store_access(const ObjectStoreAccess& access) {
  objectstore::StoreAccess store;
  store.s3.region = access.region;
  store.s3.addressing =
      access.path_style ? objectstore::Addressing::path : objectstore::Addressing::virtual_host;
  store.s3.credentials = {access.access_key, access.secret_key, access.session_token};
  store.s3.ca_pem = access.ca_pem;
  store.s3.insecure_skip_verify = access.insecure_skip_verify;
  return store;
}

Json repository_of(const ObjectStoreAccess& access, const std::string& location,
                   const std::string& password) {
  return {{"location", location},
          {"password", password},
          {"region", access.region},
          {"access_key", access.access_key},
          {"secret_key", access.secret_key},
          {"session_token", access.session_token},
          {"ca_pem", access.ca_pem},
          {"path_style", access.path_style},
          {"insecure_skip_verify", access.insecure_skip_verify},
          {"create", false}};
}

}  // namespace

OpenCopies copies_opener(catalog::Catalog& catalog, Sealer sealer, std::string password) {
  return [&catalog, sealer = std::move(sealer), password = std::move(password)](
             Context& context, const std::string& object_store,
             const std::string& cluster) -> Result<volume::CopyAccess> {
    TRY(const catalog::Document document, catalog.get(context, "objectstores", object_store));
    TRY(const ObjectStoreAccess access, object_store_access(document.body(), sealer));
    const objectstore::StoreAccess options = store_access(access);
    const std::string folder = joined(access.prefix, "restic/" + cluster);
    const std::string location = location_of(access, folder);
    volume::CopyAccess copies;
    TRY(copies.store, objectstore::open_store(location_of(access, access.prefix), options));
    copies.repository = repository_of(access, location, password);
    copies.location = {{"backup_provider", "s3"}, {"bucket_name", access.bucket},
                       {"region", access.region}, {"endpoint", access.endpoint},
                       {"prefix", access.prefix}, {"backup_repo_prefix", folder}};
    // Shared by the functions, which outlive this one.
    const auto repository = std::make_shared<const CopyRepository>(location, options, password);
    copies.forget = [repository](Context& within, const std::vector<std::string>& snapshots) {
      return repository->forget(within, snapshots);
    };
    if (access.is_locked) {
      copies.protect = [repository](Context& within, const std::vector<std::string>& snapshots,
                                    EpochSeconds until) {
        return repository->protect(within, snapshots, until);
      };
    }
    copies.check = [repository](Context& within, const std::vector<std::string>& snapshots,
                                const volume::OnCopyChecked& on_checked) {
      return repository->check(within, snapshots, on_checked);
    };
    copies.save_files = [repository](Context& within, const volume::FilesLabel& label,
                                     const FileSource& source) {
      return repository->save_files(within, label, source);
    };
    copies.read_files = [repository](Context& within, const std::string& snapshot,
                                     const FileTaker& taker) {
      return repository->read_files(within, snapshot, taker);
    };
    copies.list_files = [repository](Context& within, const std::string& path) {
      return repository->list_files(within, path);
    };
    return copies;
  };
}

}  // namespace salvor::server
