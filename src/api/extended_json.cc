#include "api/extended_json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

#include "base/random.h"
#include "base/rfc3339.h"
#include "schema/date.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

// A sealed secret is longer than the secret may be.
constexpr std::int64_t kSealedLengthMax = 1 << 24;

Json object_id(const std::string& id) { return {{"$oid", id}}; }

Json date(EpochSeconds seconds) { return {{"$date", rfc3339(seconds)}}; }

std::vector<schema::Field> all_clients(std::vector<schema::Field> fields);

schema::Shape all_clients(schema::Shape shape) {
  shape.fields = all_clients(std::move(shape.fields));
  for (schema::Shape& element : shape.element) element = all_clients(element);
  return shape;
}

// The fields as if a client owned all of them, so that validation looks at each.
std::vector<schema::Field> all_clients(std::vector<schema::Field> fields) {
  for (schema::Field& field : fields) {
    field.shape = all_clients(std::move(field.shape));
    if (field.traits.has(schema::write_only)) field.shape.most = kSealedLengthMax;
    schema::Traits traits;
    if (field.traits.has(schema::required)) traits = traits | schema::required;
    if (field.traits.has(schema::nullable)) traits = traits | schema::nullable;
    field.traits = traits;
  }
  return fields;
}

// {"$oid": "..."} and the like, at any depth, as the values they stand for.
Json plain(const Json& value) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& element : value) list.push_back(plain(element));
    return list;
  }
  if (!value.is_object()) return value;
  const bool is_single = value.size() == 1;
  if (is_single && value.contains("$oid")) return value["$oid"];
  if (is_single && value.contains("$numberLong")) return value["$numberLong"];
  if (is_single && value.contains("$numberInt")) return value["$numberInt"];
  Json object = Json::object();
  for (const auto& [key, member] : value.items()) object[key] = plain(member);
  return object;
}

std::optional<EpochSeconds> date_of(const Json& value) {
  const bool is_extended = value.is_object() && value.size() == 1 && value.contains("$date");
  const Json inner = is_extended ? plain(value["$date"]) : value;
  if (is_extended && inner.is_number_integer()) return inner.get<std::int64_t>() / 1000;
  if (!inner.is_string()) return std::nullopt;
  const std::string& text = inner.get_ref<const std::string&>();
  const auto seconds = parse_rfc3339(text);
  return seconds ? seconds : schema::parse_rfc1123(text);
}

bool is_etag(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Takes the meta fields out of the members.
class MetaReader {
 public:
  MetaReader(Json& members, Imported& out) : members_(members), out_(out) {}

  void read(EpochSeconds now) {
    out_.document.id = text("_id", is_object_id, "must be of objectid type");
    out_.document.etag = text("_etag", is_etag, "must be 40 hexadecimal digits");
    out_.document.created = date("_created", now);
    out_.document.updated = date("_updated", out_.document.created);
    members_.erase("_links");
    if (out_.document.id.empty()) out_.document.id = new_object_id(now);
    if (out_.document.etag.empty()) out_.document.etag = hex(random_bytes(20));
  }

 private:
  std::string text(const char* name, bool (*fits)(const std::string&), const char* otherwise) {
    if (!members_.contains(name)) return {};
    const Json value = plain(members_[name]);
    members_.erase(name);
    if (value.is_string() && fits(value.get_ref<const std::string&>())) return value;
    schema::add_issue(out_.issues, name, otherwise);
    return {};
  }
  EpochSeconds date(const char* name, EpochSeconds otherwise) {
    if (!members_.contains(name)) return otherwise;
    const auto seconds = date_of(members_[name]);
    members_.erase(name);
    if (seconds) return *seconds;
    schema::add_issue(out_.issues, name, "must be of datetime type");
    return otherwise;
  }

  Json& members_;
  Imported& out_;
};

}  // namespace

Json to_extended(const schema::Resource& resource, const catalog::Document& document) {
  Json body = document.body();
  for (const schema::Reference& reference : schema::references(resource, body)) {
    std::string pointer = "/" + reference.field;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    body[Json::json_pointer(pointer)] = object_id(reference.id);
  }
  body["_id"] = object_id(document.id);
  body["_created"] = date(document.created);
  body["_updated"] = date(document.updated);
  body["_etag"] = document.etag;
  return body;
}

ExtendedReader::ExtendedReader(const schema::Resource& resource) : as_stored_(resource) {
  as_stored_.fields = all_clients(std::move(as_stored_.fields));
}

Imported ExtendedReader::read(const Json& text, EpochSeconds now) const {
  Imported out;
  if (!text.is_object()) {
    out.issues["validation exception"] = "is not a document, must be a dict";
    return out;
  }
  Json members = text;
  MetaReader(members, out).read(now);
  schema::Validated validated = schema::validate(as_stored_, plain(members), schema::Mode::create);
  out.issues.update(validated.issues);
  out.references = std::move(validated.references);
  out.body = std::move(validated.document);
  out.document.text = wire_json(out.body);
  return out;
}

}  // namespace salvor::api
