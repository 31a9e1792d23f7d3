// One walk over the declared fields makes the document and collects the issues. Each field is
// decided by who owns it, then by what was given, then by its shape; PATCH differs from the others
// only in that what is absent stays as it is stored.
#include "schema/validate.h"

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "schema/internal/coerce.h"
#include "schema/internal/issues.h"
#include "schema/internal/rules.h"

namespace salvor::schema {
namespace {

constexpr std::size_t kKeyBytesMax = 1024;

const Json* find(const Json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

class Walk {
 public:
  explicit Walk(Mode mode) : mode_(mode) {}

  Json dict(const std::vector<Field>& fields, const Json& given, const Json* stored);
  Json take_issues() { return std::move(issues_); }

 private:
  void refuse_unknown(const std::vector<Field>& fields, const Json& given);
  std::optional<Json> field(const Field& field, const Json* given, const Json* stored);
  std::optional<Json> servers_field(const Field& field, const Json* given, const Json* stored);
  std::optional<Json> absent_field(const Field& field, const Json* stored);
  Json value(const Shape& shape, const Json& given, const Json* stored);
  Json list(const Shape& shape, const Json& given);
  Json map(const Shape& shape, const Json& given, const Json* stored);
  Json default_of(const Shape& shape);
  void issue(const std::string& text) { add_issue_at(issues_, path_, text); }

  Mode mode_;
  Path path_;
  Json issues_ = Json::object();
};

// {"tags.z": 1} addresses tags -> z where `tags` is declared and "tags.z" is not.
Json unfolded(const std::vector<Field>& fields, const Json& given) {
  Json out = Json::object();
  std::vector<std::pair<std::string, const Json*>> dotted;
  for (const auto& [key, value] : given.items()) {
    const std::size_t dot = key.find('.');
    const Field* head = dot == std::string::npos ? nullptr : find_field(fields, key.substr(0, dot));
    const bool has_members =
        head != nullptr && (head->shape.type == Type::dict || head->shape.type == Type::map);
    if (has_members) {
      dotted.emplace_back(key, &value);
    } else {
      out[key] = value;
    }
  }
  for (const auto& [key, value] : dotted) {
    const std::size_t dot = key.find('.');
    Json& inner = out[key.substr(0, dot)];
    if (inner.is_null()) inner = Json::object();
    if (inner.is_object()) inner[key.substr(dot + 1)] = *value;
  }
  return out;
}

Json Walk::dict(const std::vector<Field>& fields, const Json& folded, const Json* stored) {
  const Json given = unfolded(fields, folded);
  refuse_unknown(fields, given);
  Json out = Json::object();
  for (const Field& declared : fields) {
    path_.push_back(declared.name);
    std::optional<Json> made =
        field(declared, find(&given, declared.name), find(stored, declared.name));
    if (made) out[declared.name] = std::move(*made);
    path_.pop_back();
  }
  return out;
}

void Walk::refuse_unknown(const std::vector<Field>& fields, const Json& given) {
  for (const auto& [key, value] : given.items()) {
    const Field* known = find_field(fields, key);
    if (known != nullptr && !known->traits.has(internal)) continue;
    path_.push_back(key);
    issue("unknown field");
    path_.pop_back();
  }
}

std::optional<Json> Walk::field(const Field& field, const Json* given, const Json* stored) {
  if (field.is_servers()) return servers_field(field, given, stored);
  const bool can_be_null = field.traits.has(nullable) || field.shape.type == Type::any;
  if (given != nullptr && given->is_null() && !can_be_null) {
    // As Eve has it: null asks for the default where there is one.
    if (field.shape.default_value) return default_of(field.shape);
    issue("null value not allowed");
    return std::nullopt;
  }
  if (given == nullptr) {
    std::optional<Json> made = absent_field(field, stored);
    if (!made && field.traits.has(required)) issue("required field");
    return made;
  }
  if (given->is_null()) return Json();
  return value(field.shape, *given, stored);
}

std::optional<Json> Walk::servers_field(const Field& field, const Json* given, const Json* stored) {
  if (field.traits.has(read_only) && given != nullptr && (stored == nullptr || *given != *stored)) {
    issue("field is read-only");
  }
  if (stored != nullptr) return *stored;
  if (field.shape.default_value) return default_of(field.shape);
  return std::nullopt;
}

std::optional<Json> Walk::absent_field(const Field& field, const Json* stored) {
  const bool is_kept = mode_ == Mode::patch || field.traits.has(write_only);
  if (is_kept && stored != nullptr) return *stored;
  if (field.shape.default_value) return default_of(field.shape);
  return std::nullopt;
}

// A default of a dict gets the defaults of its own fields as well.
Json Walk::default_of(const Shape& shape) {
  if (shape.type != Type::dict) return *shape.default_value;
  return dict(shape.fields, *shape.default_value, nullptr);
}

Json Walk::value(const Shape& shape, const Json& given, const Json* stored) {
  const std::optional<Json> typed = coerced(shape, given);
  if (!typed) {
    issue(std::string("must be of ") + to_string(shape.type) + " type");
    return Json();
  }
  const std::vector<std::string> broken = broken_rules(shape, *typed);
  for (const std::string& text : broken) issue(text);
  if (!broken.empty()) return Json();
  switch (shape.type) {
    case Type::dict:
      return dict(shape.fields, *typed, stored);
    case Type::list:
      return list(shape, *typed);
    case Type::map:
      return map(shape, *typed, stored);
    case Type::string:
    case Type::integer:
    case Type::number:
    case Type::boolean:
    case Type::reference:
    case Type::any:
      break;
  }
  return *typed;
}

Json Walk::list(const Shape& shape, const Json& given) {
  Json out = Json::array();
  for (std::size_t i = 0; i < given.size(); ++i) {
    path_.push_back(std::to_string(i));
    out.push_back(value(shape.element[0], given[i], nullptr));
    path_.pop_back();
  }
  return out;
}

Json Walk::map(const Shape& shape, const Json& given, const Json* stored) {
  const bool merges = mode_ == Mode::patch && stored != nullptr && stored->is_object();
  Json out = merges ? *stored : Json::object();
  for (const auto& [key, item] : given.items()) {
    path_.push_back(key);
    if (key.size() > kKeyBytesMax || key.find('\0') != std::string::npos) {
      issue("keys must have at most 1024 bytes and no null characters");
    } else if (item.is_null() && mode_ == Mode::patch) {
      out.erase(key);
    } else {
      out[key] = value(shape.element[0], item, find(stored, key));
    }
    path_.pop_back();
  }
  if (out.size() > static_cast<std::size_t>(kMapEntriesMax)) {
    issue("max length is " + std::to_string(kMapEntriesMax));
  }
  return out;
}

// Takes the body's own `_id` out of it.
void take_id(Json& body, Validated& out) {
  const auto found = body.find("_id");
  if (found == body.end()) return;
  if (const auto id = coerced(reference(""), *found)) {
    out.id = id->get<std::string>();
  } else {
    add_issue(out.issues, "_id", "must be of objectid type");
  }
  body.erase(found);
}

Validated not_a_document(const Json& body) {
  Validated out;
  out.issues["validation exception"] = "'" + compact(body) + "' is not a document, must be a dict";
  return out;
}

}  // namespace

Validated validate(const Resource& resource, const Json& body, Mode mode, const Json* stored) {
  CHECK((mode == Mode::create) == (stored == nullptr));
  if (!body.is_object()) return not_a_document(body);
  Validated out;
  Json rest = body;
  take_id(rest, out);
  Walk walk(mode);
  out.document = walk.dict(resource.fields, rest, stored);
  out.issues.update(walk.take_issues());
  if (out.ok()) out.references = references(resource, out.document);
  return out;
}

Validated validate_request(const Action& action, const Json& body) {
  const Json given = body.is_null() ? Json::object() : body;
  if (!given.is_object()) return not_a_document(given);
  Validated out;
  Walk walk(Mode::create);
  out.document = walk.dict(action.request, given, nullptr);
  out.issues = walk.take_issues();
  return out;
}

}  // namespace salvor::schema
