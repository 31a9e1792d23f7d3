#include "cli/description.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/print.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::size_t kReferencesMax = 20;
constexpr std::size_t kLabelColumns = 26;
constexpr std::size_t kLinesMax = 50;  // of a list

// "start_time" reads "Start time".
std::string label_of(const std::string& field) {
  std::string label = field;
  for (char& c : label) c = c == '_' ? ' ' : c;
  if (!label.empty()) {
    label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
  }
  return label;
}

bool is_gone_or_closed(const Error& failure) {
  return failure.code == ErrorCode::not_found || failure.code == ErrorCode::denied;
}

// Epoch seconds that a person would rather read as a date.
bool is_time(const std::string& field, const Json& value) {
  const bool is_named_so = field.ends_with("_time") || field.ends_with("Time") ||
                           field.ends_with("_timestamp") || field.ends_with("Timestamp");
  return is_named_so && value.is_number_integer() && value.get<std::int64_t>() > 0;
}

// Writes one document in lines of "label: value", nested objects indented.
class Writer {
 public:
  Writer(const Surroundings& surroundings, const Style& style, EpochSeconds now)
      : surroundings_(surroundings), style_(style), now_(now) {}

  void heading(const std::string& title) {
    text_ += "\n" + style_.paint(title, Tone::strong) + "\n";
  }

  void field(const std::string& name, const Json& value, std::size_t depth) {
    if (value.is_null() || (value.is_structured() && value.empty())) return;
    if (value.is_object()) {
      line(label_of(name) + ":", depth);
      for (const auto& [key, inner] : value.items()) field(key, inner, depth + 1);
    } else if (value.is_array()) {
      list(name, value, depth);
    } else {
      labelled(label_of(name), scalar(name, value), depth);
    }
  }

  void labelled(const std::string& label, const std::string& value, std::size_t depth) {
    const std::string start = std::string(depth * 2, ' ') + visible(label) + ":";
    const std::size_t used = columns_of(start);
    text_ +=
        start + std::string(used < kLabelColumns ? kLabelColumns - used : 1, ' ') + value + "\n";
  }

  std::string take() { return std::move(text_); }

  std::string with_age(const std::string& date, EpochSeconds then) const {
    if (then > now_) return date + " (in " + short_duration(then - now_) + ")";
    return date + " (" + short_duration(now_ - then) + " ago)";
  }

 private:
  void line(const std::string& text, std::size_t depth) {
    text_ += std::string(depth * 2, ' ') + visible(text) + "\n";
  }

  void list(const std::string& name, const Json& value, std::size_t depth) {
    line(label_of(name) + ":", depth);
    std::size_t shown = 0;
    for (const Json& item : value) {
      if (shown++ == kLinesMax) break;
      line("- " + (item.is_string() ? named(item.get<std::string>()) : one_line(item)), depth + 1);
    }
    if (value.size() > kLinesMax) {
      line("… and " + std::to_string(value.size() - kLinesMax) + " more", depth + 1);
    }
  }

  std::string scalar(const std::string& name, const Json& value) const {
    if (is_time(name, value)) {
      const auto then = value.get<EpochSeconds>();
      return with_age(rfc1123(then), then);
    }
    const std::string shown = visible(named(one_line(value)));
    return style_.paint(shown, name == "state" ? tone_of_state(shown) : Tone::plain);
  }

  // An id that the server gave a name for.
  std::string named(const std::string& value) const {
    const auto found = surroundings_.names.find(value);
    return found == surroundings_.names.end() ? value : found->second + " (" + value + ")";
  }

  const Surroundings& surroundings_;
  const Style& style_;
  EpochSeconds now_;
  std::string text_;
};

void write_head(Writer& writer, const Json& document) {
  const std::string name = text_at(document, "name");
  if (!name.empty()) writer.labelled("Name", visible(name), 0);
  writer.labelled("Id", visible(text_at(document, "_id")), 0);
  for (const char* field : {"_created", "_updated"}) {
    const std::string date = text_at(document, field);
    const EpochSeconds then = rfc1123_seconds(date);
    const std::string label = label_of(field + 1);
    writer.labelled(label, then == 0 ? visible(date) : writer.with_age(date, then), 0);
  }
}

// Scalars first, then what has parts, each in the order that the resource declares.
void write_fields(Writer& writer, const Kind& kind, const Json& document) {
  for (const bool with_parts : {false, true}) {
    for (const schema::Field& field : kind.resource->fields) {
      const Json& value = member(document, field.name);
      if (field.name == "name" || value.is_structured() != with_parts) continue;
      if (value.is_object() && !value.empty()) {
        writer.heading(label_of(field.name));
        for (const auto& [key, inner] : value.items()) writer.field(key, inner, 1);
      } else {
        writer.field(field.name, value, 0);
      }
    }
  }
}

Result<void> add_counts(ApiClient& api, const Kind& kind, const std::string& id,
                        Surroundings& found) {
  for (const Kind& other : kinds().all()) {
    for (const schema::Field& field : other.resource->fields) {
      const bool refers = field.shape.target == kind.path() && !field.is_hidden();
      if (!refers || !field.traits.has(schema::indexed)) continue;
      const Result<std::int64_t> count = api.count(other.path(), Json{{field.name, id}});
      if (!count.ok() && !is_gone_or_closed(count.error())) return count.error();
      if (count.ok()) found.counts.emplace_back(other.path(), *count);
      break;  // one field a kind: the first is what it belongs to
    }
  }
  return {};
}

Result<void> add_last_job(ApiClient& api, const Kind& kind, const std::string& id,
                          Surroundings& found) {
  const Kind* jobs = kinds().find("jobs");
  if (jobs == nullptr) return {};
  for (const schema::Field& field : jobs->resource->fields) {
    if (field.shape.target != kind.path()) continue;
    ListQuery query;
    query.where = Json{{field.name, id}};
    query.sort = "-_id";
    query.limit = 1;
    return api.each("jobs", query, [&](const Json& job) {
      found.last_job = job;
      return false;
    });
  }
  return {};
}

}  // namespace

Result<Surroundings> surroundings_of(ApiClient& api, const Kind& kind, const Json& document) {
  Surroundings found;
  const std::string id = text_at(document, "_id");
  for (const schema::Reference& reference : schema::references(*kind.resource, document)) {
    if (found.names.size() == kReferencesMax) break;
    if (found.names.contains(reference.id)) continue;
    const Result<Json> other = api.get(reference.resource + "/" + reference.id);
    if (!other.ok() && !is_gone_or_closed(other.error())) return other.error();
    const std::string name = other.ok() ? text_at(*other, "name") : "";
    if (!name.empty()) found.names[reference.id] = name;
  }
  TRY_VOID(add_counts(api, kind, id, found));
  TRY_VOID(add_last_job(api, kind, id, found));
  return found;
}

std::string description_text(const Kind& kind, const Json& document,
                             const Surroundings& surroundings, const Style& style,
                             EpochSeconds now) {
  Writer writer(surroundings, style, now);
  write_head(writer, document);
  write_fields(writer, kind, document);
  if (!surroundings.counts.empty()) writer.heading("Counts");
  for (const auto& [path, count] : surroundings.counts) {
    writer.labelled(path, grouped(count), 1);
  }
  const Json& job = surroundings.last_job;
  if (!job.is_null()) {
    writer.heading("Last job");
    for (const char* field :
         {"name", "_id", "type", "state", "start_time", "end_time", "message"}) {
      writer.field(field[0] == '_' ? field + 1 : field, member(job, field), 1);
    }
  }
  return writer.take();
}

Result<ExitCode> show_description(Session& session, ApiClient& api, const Kind& kind,
                                  const Json& document) {
  if (is_for_programs(session.format())) {
    print_documents(session, kind, {document}, Shape::one);
    return ExitCode::ok;
  }
  TRY(const Surroundings surroundings, surroundings_of(api, kind, document));
  session.io().out << description_text(kind, document, surroundings, session.out_style(),
                                       session.io().clock.wall_seconds());
  return ExitCode::ok;
}

}  // namespace salvor::cli
