#include "api/view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/links.h"
#include "api/member_scan.h"
#include "base/json.h"

namespace salvor::api {
namespace {

const std::string* reference_target(const schema::Shape& shape) {
  if (shape.type == schema::Type::reference) return &shape.target;
  if (shape.type == schema::Type::list) return reference_target(shape.element.front());
  return nullptr;
}

std::string link_start(std::string_view resource) {
  std::string link = item_link(resource, "");
  link.resize(link.size() - 2);  // without the closing quote and brace
  return link;
}

void append_link(std::string& out, const std::string& start, std::string_view id) {
  out.append(start).append(id).append("\"}");
}

// The link of one id, or the array of links of a list of ids; "" when the value is neither.
std::string links_of(const std::string& start, std::string_view value) {
  std::string out;
  if (const auto id = plain_string(value)) {
    append_link(out, start, *id);
    return out;
  }
  if (!value.starts_with('[') || value == "[]") return out;
  const Result<Json> ids = parse_json(value);
  if (!ids) return out;
  for (const Json& id : *ids) {
    if (!id.is_string()) continue;
    out += out.empty() ? "[" : ", ";
    append_link(out, start, id.get_ref<const std::string&>());
  }
  return out.empty() ? out : out + "]";
}

}  // namespace

View::View(const schema::Resource& resource)
    : resource_(resource), self_start_(link_start(resource.path)) {
  hidden_ = find_hidden(resource.fields, "");
  for (const schema::Field& field : resource.fields) {
    const std::string* target = reference_target(field.shape);
    if (target && !field.is_hidden()) {
      references_.push_back({field.name, link_start(*target)});
    }
  }
}

std::vector<View::Hidden> View::find_hidden(const std::vector<schema::Field>& fields,
                                            const std::string& prefix) {
  std::vector<Hidden> hidden;
  for (const schema::Field& field : fields) {
    const std::string path = prefix + field.name;
    if (field.is_hidden()) {
      hidden.push_back({field.name, {}});
    } else if (schema::locate(resource_, path).is_hidden) {
      if (field.shape.type != schema::Type::dict) hides_in_lists_ = true;
      hidden.push_back({field.name, find_hidden(field.shape.fields, path + ".")});
    }
  }
  return hidden;
}

std::string View::visible_text(const catalog::Document& document) const {
  if (hidden_.empty()) return document.text;
  if (!hides_in_lists_) return without(hidden_, document.text);
  Json body = document.body();
  schema::hide(resource_, body);
  return wire_json(body);
}

std::string View::without(const std::vector<Hidden>& hidden, std::string_view object) {
  std::string text = "{";
  text.reserve(object.size());
  MemberScan scan(object);
  while (const auto found = scan.next()) {
    const auto rule = std::find_if(hidden.begin(), hidden.end(),
                                   [&found](const Hidden& one) { return one.name == found->key; });
    if (rule != hidden.end() && rule->inside.empty()) continue;
    text.append(text.size() > 1 ? ", \"" : "\"").append(found->key).append("\": ");
    const bool goes_on = rule != hidden.end() && found->value.starts_with('{');
    text.append(goes_on ? without(rule->inside, found->value) : found->value);
  }
  return text + "}";
}

std::string View::related(std::string_view shown) const {
  if (references_.empty()) return {};
  std::vector<std::string_view> values(references_.size());
  MemberScan scan(shown);
  while (const auto found = scan.next()) {
    for (std::size_t i = 0; i < references_.size(); ++i) {
      if (references_[i].name == found->key) values[i] = found->value;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < references_.size(); ++i) {
    const std::string links = links_of(references_[i].link_start, values[i]);
    if (links.empty()) continue;
    out.append(out.empty() ? "{\"" : ", \"").append(references_[i].name).append("\": ");
    out.append(links);
  }
  return out.empty() ? out : out + "}";
}

std::string View::item(const catalog::Document& document, std::string_view shown,
                       std::string_view related, std::string_view links_tail,
                       std::string_view tail) const {
  std::string out;
  out.reserve(shown.size() + related.size() + links_tail.size() + 512);
  out.append(shown.substr(0, shown.size() - 1));
  out.append(shown.size() > 2 ? ", \"_id\": \"" : "\"_id\": \"").append(document.id);
  out.append("\", \"_updated\": \"").append(rfc1123(document.updated));
  out.append("\", \"_created\": \"").append(rfc1123(document.created));
  out.append("\", \"_etag\": \"").append(document.etag);
  out.append("\", \"_links\": {\"self\": ");
  append_link(out, self_start_, document.id);
  if (!related.empty()) out.append(", \"related\": ").append(related);
  out.append(links_tail).append("}").append(tail).append("}");
  return out;
}

}  // namespace salvor::api
