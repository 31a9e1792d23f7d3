// One table for each object of the document says which fields it has and what each may be; one
// function reads any object by its table.
#include "mover/order.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <variant>

#include "base/json.h"
#include "objectstore/location.h"
#include "repo/id.h"

namespace salvor::mover {
namespace {

constexpr JsonLimits kLimits{.bytes = kOrderBytesMax, .depth = 4};
constexpr std::size_t kTextMax = 4096;
constexpr std::size_t kPemMax = 200 << 10;
constexpr std::size_t kTagsMax = 100;
constexpr std::size_t kPathMax = 1024;
constexpr std::uint64_t kThreadsMax = 64;
constexpr std::uint64_t kRateMax = std::uint64_t{1} << 50;

Error wrong(const std::string& field, const std::string& what) {
  return error(ErrorCode::invalid, "the order's field " + field + " " + what)
      .with_hint("docs/mover.md describes the order");
}

bool has_no_control(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// "/a/b": no part is empty, "." or "..".
bool is_plain_path(const std::string& text) {
  if (text.size() < 2 || text.size() > kPathMax || text.front() != '/') return false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('/', at + 1), text.size());
    const std::string_view part = std::string_view(text).substr(at + 1, end - at - 1);
    if (part.empty() || part == "." || part == "..") return false;
    at = end;
  }
  return has_no_control(text);
}

bool is_location(const std::string& text) {
  return text.size() <= kTextMax && has_no_control(text) &&
         (objectstore::is_bucket_location(text) || text.starts_with('/'));
}

bool is_word(const std::string& text) { return text.size() <= kTextMax && has_no_control(text); }
bool is_named(const std::string& text) { return !text.empty() && is_word(text); }
bool is_secret(const std::string& text) { return !text.empty() && text.size() <= kTextMax; }
bool is_pem(const std::string& text) { return text.size() <= kPemMax; }
bool is_snapshot(const std::string& text) { return repo::parse_id(text).has_value(); }
bool is_snapshot_or_none(const std::string& text) { return text.empty() || is_snapshot(text); }

enum class Need { must, may };

struct TextRule {
  bool (*is_good)(const std::string& text);
  const char* what;  // it must be
};
constexpr TextRule kPath{is_plain_path, "an absolute path without \".\", \"..\" and empty parts"};
constexpr TextRule kLocation{is_location, "\"s3:https://host/bucket/prefix\" or an absolute path"};
constexpr TextRule kSecret{is_secret, "between 1 and 4096 bytes"};
constexpr TextRule kWord{is_word, "at most 4096 bytes without control characters"};
constexpr TextRule kNamed{is_named, "between 1 and 4096 bytes without control characters"};
constexpr TextRule kPem{is_pem, "at most 204800 bytes"};
constexpr TextRule kSnapshot{is_snapshot, "a snapshot's whole id: 64 hex digits"};
constexpr TextRule kParent{is_snapshot_or_none, "a snapshot's whole id, or empty"};

template <typename Object>
struct Field {
  struct Text {
    std::string Object::*at;
    TextRule rule;
  };
  struct Flag {
    bool Object::*at;
  };
  struct Count {
    std::uint64_t Object::*at;
    std::uint64_t most;
  };
  struct Texts {
    std::vector<std::string> Object::*at;
  };
  const char* name;
  Need need;
  std::variant<Text, Flag, Count, Texts> kind;
};

const std::vector<Field<RepositoryAccess>>& fields_of(const RepositoryAccess&) {
  using F = Field<RepositoryAccess>;
  using A = RepositoryAccess;
  static const std::vector<F> fields = {
      {"location", Need::must, F::Text{&A::location, kLocation}},
      {"password", Need::must, F::Text{&A::password, kSecret}},
      {"region", Need::may, F::Text{&A::region, kWord}},
      {"access_key", Need::may, F::Text{&A::access_key, kWord}},
      {"secret_key", Need::may, F::Text{&A::secret_key, kWord}},
      {"session_token", Need::may, F::Text{&A::session_token, kWord}},
      {"ca_pem", Need::may, F::Text{&A::ca_pem, kPem}},
      {"path_style", Need::may, F::Flag{&A::path_style}},
      {"insecure_skip_verify", Need::may, F::Flag{&A::insecure_skip_verify}},
      {"create", Need::may, F::Flag{&A::create}},
  };
  return fields;
}

const std::vector<Field<SaveOrder>>& fields_of(const SaveOrder&) {
  using F = Field<SaveOrder>;
  static const std::vector<F> fields = {
      {"host", Need::must, F::Text{&SaveOrder::host, kNamed}},
      {"path", Need::must, F::Text{&SaveOrder::path, kPath}},
      {"tags", Need::may, F::Texts{&SaveOrder::tags}},
      {"parent", Need::may, F::Text{&SaveOrder::parent, kParent}},
  };
  return fields;
}

const std::vector<Field<RestoreOrder>>& fields_of(const RestoreOrder&) {
  using F = Field<RestoreOrder>;
  static const std::vector<F> fields = {
      {"snapshot", Need::must, F::Text{&RestoreOrder::snapshot, kSnapshot}},
  };
  return fields;
}

const std::vector<Field<Limits>>& fields_of(const Limits&) {
  using F = Field<Limits>;
  static const std::vector<F> fields = {
      {"upload_bytes_per_second", Need::may, F::Count{&Limits::upload_bytes_per_second, kRateMax}},
      {"download_bytes_per_second", Need::may,
       F::Count{&Limits::download_bytes_per_second, kRateMax}},
      {"threads", Need::may, F::Count{&Limits::threads, kThreadsMax}},
  };
  return fields;
}

// Sets one field of one object.
template <typename Object>
struct Setter {
  Object& object;
  const std::string& field;
  const Json& value;

  Result<void> operator()(const typename Field<Object>::Text& text) const {
    if (!value.is_string()) return wrong(field, "must be a string");
    object.*text.at = value.get<std::string>();
    if (!text.rule.is_good(object.*text.at))
      return wrong(field, std::string("must be ") + text.rule.what);
    return {};
  }
  Result<void> operator()(const typename Field<Object>::Flag& flag) const {
    if (!value.is_boolean()) return wrong(field, "must be true or false");
    object.*flag.at = value.get<bool>();
    return {};
  }
  Result<void> operator()(const typename Field<Object>::Count& count) const {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > count.most)
      return wrong(field, "must be a whole number from 0 to " + std::to_string(count.most));
    object.*count.at = value.get<std::uint64_t>();
    return {};
  }
  Result<void> operator()(const typename Field<Object>::Texts& texts) const {
    const bool is_list = value.is_array() && value.size() <= kTagsMax;
    if (!is_list) return wrong(field, "must be a list of at most 100 strings");
    for (const Json& text : value) {
      if (!text.is_string() || !is_named(text.get_ref<const std::string&>()))
        return wrong(field, std::string("must hold strings, each ") + kNamed.what);
      (object.*texts.at).push_back(text.get<std::string>());
    }
    return {};
  }
};

// The names are ours; an unknown one may be anything, so it is shown only when it looks like one.
Result<void> has_only(const Json& json, const std::string& where,
                      std::span<const std::string> known) {
  for (const auto& [name, value] : json.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const bool is_plain = name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || c == '_';
                          });
    return wrong(where + (is_plain ? name : "(of an odd name)"), "is not known");
  }
  return {};
}

template <typename Object>
Result<Object> read_object(const Json& document, const std::string& name) {
  const Json& json = member(document, name);
  if (!json.is_object()) return wrong(name, json.is_null() ? "is missing" : "must be an object");
  Object object;
  const auto& fields = fields_of(object);
  std::vector<std::string> known;
  for (const auto& field : fields) known.emplace_back(field.name);
  TRY_VOID(has_only(json, name + ".", known));
  for (const auto& field : fields) {
    const std::string path = name + "." + field.name;
    const auto found = json.find(field.name);
    if (found == json.end() && field.need == Need::must) return wrong(path, "is missing");
    if (found != json.end()) TRY_VOID(std::visit(Setter<Object>{object, path, *found}, field.kind));
  }
  return object;
}

Result<Operation> operation_of(const Json& document) {
  const std::string text = text_at(document, "operation");
  if (text == "save") return Operation::save;
  if (text == "restore") return Operation::restore;
  return wrong("operation", "must be \"save\" or \"restore\"");
}

Result<void> fits_operation(const Json& document, const Order& order) {
  const bool saves = order.operation == Operation::save;
  const char* const other = saves ? "restore" : "save";
  if (document.contains(other)) return wrong(other, "does not belong to this operation");
  if (order.repository.create && !saves)
    return wrong("repository.create", "is only for the operation save");
  return {};
}

}  // namespace

Result<Order> parse_order(std::string_view text) {
  TRY(const Json document, parse_json(text, kLimits).within("reading the order"));
  if (!document.is_object()) return error(ErrorCode::invalid, "the order is no JSON object");
  static const std::vector<std::string> known = {"operation", "folder",  "repository",
                                                 "save",      "restore", "limits"};
  TRY_VOID(has_only(document, "", known));
  Order order;
  TRY(order.operation, operation_of(document));
  order.folder = text_at(document, "folder");
  if (!is_plain_path(order.folder)) return wrong("folder", std::string("must be ") + kPath.what);
  TRY(order.repository, read_object<RepositoryAccess>(document, "repository"));
  TRY_VOID(fits_operation(document, order));
  if (order.operation == Operation::save) {
    TRY(order.save, read_object<SaveOrder>(document, "save"));
  } else {
    TRY(order.restore, read_object<RestoreOrder>(document, "restore"));
  }
  if (document.contains("limits")) {
    TRY(order.limits, read_object<Limits>(document, "limits"));
  }
  return order;
}

}  // namespace salvor::mover
