#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

constexpr std::int64_t kCredentialMax = 8192;
constexpr std::int64_t kCertificatesMax = 262144;
constexpr std::int64_t kPrefixMax = 512;

// Each is also write-only by itself, which is how the catalog gets it: sealed.
Field credential(std::string name, std::string doc) {
  return {std::move(name), string(1, kCredentialMax), write_only, std::move(doc)};
}

Field credentials_field() {
  return {
      "credentials",
      dict({
          credential("access_key", "Of S3."),
          credential("secret_key", "Of S3."),
          credential("session_token",
                     "Of S3, with temporary keys. New keys without one remove it."),
          credential("subscription_id", "Of Azure; refused so far."),
          credential("tenant_id", "Of Azure; refused so far."),
          credential("client_id", "Of Azure; refused so far."),
          credential("client_secret", "Of Azure; refused so far."),
      }),
      write_only,
      "Stored sealed and never shown. A PUT without them, or with an empty object, keeps them."};
}

Field provider_access_field() {
  return {"s3provider",
          dict({
              {"endpoint", string().matching(server_address()), optional,
               "Address of the S3 server, such as \"https://s3.example.com:9000\"; https unless it "
               "says http."},
              credentials_field(),
              {"cloud", string().one_of({"Public", "Government"}), optional,
               "Of Azure; refused so far."},
              {"resource_group_name", string(), optional, "Of Azure; refused so far."},
              {"storage_account_name", string(), optional, "Of Azure; refused so far."},
          }),
          optional, "How the storage is reached. An endpoint and keys are needed."};
}

std::vector<Field> fields() {
  return {
      name_field(unique),
      owner_field(),
      tags_field(),
      {"provider_type", string().one_of({"aws", "azure"}).by_default("aws"), optional,
       "aws is any S3 server; azure is refused so far."},
      {"bucket_name", string().matching(bucket_name()), indexed, "The bucket. Needed."},
      {"region", string(0, 64), optional, "Region of the bucket; the server's own if absent."},
      {"prefix", string(0, kPrefixMax), optional, "Folder in the bucket; all of it if absent."},
      provider_access_field(),
      {"path_style", boolean().by_default(true), optional,
       "Whether the bucket stands in the path of requests rather than before the host's name."},
      {"ca_certificate", string(0, kCertificatesMax), optional,
       "Certificates, as PEM, that the server's is checked against; the system's if absent."},
      {"skip_tls_certificate_validation", boolean().by_default(false), optional,
       "Whether the server's certificate is not checked at all."},
      {"private", boolean().by_default(false), optional,
       "Whether only a proxy cluster reaches it; true is refused so far."},
      {"proxy_cluster_list", list(reference("kubeclusters")).at_most(1), optional,
       "The cluster that it is reached through; refused so far."},
      {"locked", boolean().by_default(false), optional,
       "Whether recovery points that are copied into it are locked there: nobody can remove them "
       "before their retention ends. The bucket must have been made with object lock."},
      {"validate_state",
       string().one_of({"VALIDATING", "READY", "FAILED"}).by_default("VALIDATING"), server_owned,
       "READY once it was reached."},
      {"validate_message", string(), server_owned, "Why it was not."},
      {"import_jobid", string(), server_owned, "The last job that imported copies."},
  };
}

}  // namespace

const Resource& object_stores() {
  static const Resource resource{
      .path = "objectstores",
      .title = "Objectstore",
      .doc = "Storage of your own for copies of backups: a bucket of an S3 server.",
      .fields = fields(),
      .indexes = {{"_updated"}},
      .actions = {{.name = "import",
                   .doc =
                       "Starts a job that makes known the recovery points whose copies are in it "
                       "and that this server does not know. `import_jobid` of the answer names "
                       "the job."}},
      .example = {{"name", "teststore"},
                  {"private", false},
                  {"provider_type", "aws"},
                  {"bucket_name", "backups"},
                  {"region", "us-east-1"},
                  {"s3provider",
                   {{"endpoint", "https://s3.example.com"},
                    {"credentials", {{"access_key", "key"}, {"secret_key", "secret"}}}}}},
  };
  return resource;
}

}  // namespace salvor::resources
