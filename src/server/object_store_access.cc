#include "server/object_store_access.h"

#include <nlohmann/json.hpp>

namespace salvor::server {
namespace {

std::string without_slashes(std::string text) {
  const std::size_t first = text.find_first_not_of('/');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of('/') - first + 1);
}

std::string with_scheme(std::string endpoint) {
  if (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint.find("://") == std::string::npos ? "https://" + endpoint : endpoint;
}

Result<std::string> opened(const Json& credentials, const char* name, const Sealer& sealer) {
  const std::string sealed = text_at(credentials, name);
  if (sealed.empty()) return std::string();
  TRY(std::string secret, sealer.open(sealed).within(std::string("opening its ") + name));
  return secret;
}

Result<ObjectStoreAccess> access_in(const Json& document, const Sealer& sealer) {
  const Json& provider = member(document, "s3provider");
  const Json& credentials = member(provider, "credentials");
  ObjectStoreAccess access;
  access.endpoint = text_at(provider, "endpoint");
  access.bucket = text_at(document, "bucket_name");
  access.prefix = without_slashes(text_at(document, "prefix"));
  access.region = text_at(document, "region");
  access.ca_pem = text_at(document, "ca_certificate");
  access.path_style = member(document, "path_style") != false;
  access.insecure_skip_verify = member(document, "skip_tls_certificate_validation") == true;
  access.is_locked = member(document, "locked") == true;
  TRY(access.access_key, opened(credentials, "access_key", sealer));
  TRY(access.secret_key, opened(credentials, "secret_key", sealer));
  TRY(access.session_token, opened(credentials, "session_token", sealer));
  for (const auto& [name, value] :
       {std::pair("s3provider.endpoint", &access.endpoint),
        std::pair("bucket_name", &access.bucket),
        std::pair("s3provider.credentials.access_key", &access.access_key),
        std::pair("s3provider.credentials.secret_key", &access.secret_key)}) {
    if (value->empty()) {
      return error(ErrorCode::invalid, std::string("it has no ") + name)
          .with_hint("set that field of the object store");
    }
  }
  access.endpoint = with_scheme(std::move(access.endpoint));
  return access;
}

}  // namespace

Result<ObjectStoreAccess> object_store_access(const Json& document, const Sealer& sealer) {
  if (text_at(document, "provider_type") == "azure") {
    return error(ErrorCode::invalid, "object store " + text_at(document, "name") +
                                         " is of provider_type azure, which is not supported");
  }
  TRY(ObjectStoreAccess access,
      access_in(document, sealer).within("object store " + text_at(document, "name")));
  return access;
}

}  // namespace salvor::server
