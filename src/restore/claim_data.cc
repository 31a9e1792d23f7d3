#include "restore/claim_data.h"

#include "restore/rules.h"
#include "volume/marks.h"
#include "volume/transfer.h"

namespace salvor::restore {
namespace {

constexpr std::uint64_t kPage = 1000;

std::uint64_t number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

std::string missing_in(const Json& row) {
  const std::uint64_t count = number_at(row, "num_missing_files");
  if (count == 0) return "";
  const Json& first = member(row, "missing_files");
  return volume::problems_of(
      count, first.is_array() ? first.get<std::vector<std::string>>() : std::vector<std::string>(),
      "could not be read whole when it was copied");
}

void add_claim(const Json& row, ClaimsData& claims) {
  if (text_at(row, "pv_name").empty() || text_at(row, "phase") != "Bound") return;
  claims[text_at(row, "namespace_name") + "/" + text_at(row, "name")] = {
      {text_at(row, "driver"), text_at(row, "snapshot_handle")},
      text_at(row, "offload_recover_point_id"),
      number_at(row, "restore_size"),
      missing_in(row)};
}

}  // namespace

Result<ClaimsData> load_claims_data(Context& context, catalog::Catalog& catalog,
                                    const Json& point) {
  ClaimsData claims;
  if (member(member(point, "backup_selection"), "snapshotPersistentVolumes") == false)
    return claims;
  catalog::Query query;
  query.filter = schema::equals("backupinst_id", text_at(point, "_id"));
  query.limit = kPage;
  query.count_total = false;
  while (true) {
    TRY(const catalog::Page page,
        catalog.find(context, "kubepvclaims", query).within("reading the recovery point's claims"));
    for (const catalog::Document& document : page.documents) add_claim(document.body(), claims);
    if (page.documents.size() < kPage) return claims;
    query.skip += kPage;
  }
}

void attach(const ClaimsData& claims, std::vector<Item>& items) {
  const std::string claim_kind = volume::claim_type().group_resource();
  for (Item& item : items) {
    if (item.name.group_resource != claim_kind) continue;
    const auto found = claims.find(item.name.namespace_name + "/" + item.name.name);
    if (found != claims.end()) item.data = std::make_shared<const ClaimData>(found->second);
  }
}

Json to_json(const ClaimData& data) {
  return {{"driver", data.snapshot.driver},
          {"handle", data.snapshot.handle},
          {"copy", data.copy},
          {"size_bytes", data.size_bytes},
          {"missing", data.missing}};
}

ClaimData claim_data_in(const Json& document) {
  return {{text_at(document, "driver"), text_at(document, "handle")},
          text_at(document, "copy"),
          number_at(document, "size_bytes"),
          text_at(document, "missing")};
}

}  // namespace salvor::restore
