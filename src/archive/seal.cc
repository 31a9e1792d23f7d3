#include "archive/seal.h"

#include <nlohmann/json.hpp>

namespace salvor::archive {
namespace {

std::uint64_t count_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

}  // namespace

ArchiveSeal seal_in(const Json& document) {
  const Json& seal = member(document, "archive");
  return {text_at(seal, "name"), text_at(seal, "sha256"), count_at(seal, "size_bytes"),
          count_at(seal, "items"), text_at(seal, "snapshot")};
}

Json to_json(const ArchiveSeal& seal) {
  Json json = {{"size_bytes", seal.size_bytes}, {"items", seal.items}};
  if (!seal.snapshot.empty()) {
    json["snapshot"] = seal.snapshot;
    return json;
  }
  json["name"] = seal.name;
  json["sha256"] = seal.sha256;
  return json;
}

}  // namespace salvor::archive
