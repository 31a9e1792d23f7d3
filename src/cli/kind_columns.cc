#include "cli/kind_columns.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "cli/text.h"

namespace salvor::cli {
namespace {

struct ColumnsRow {
  const char* path;
  std::vector<KindColumn> columns;
};

// Of a restore and of a plan alike.
std::vector<KindColumn> item_columns() {
  return {{"KIND", "kind"},
          {"NAMESPACE", "namespace"},
          {"NAME", "name"},
          {"ACTION", "action"},
          {"STATE", "state", Show::state},
          {"REASON", "reason"},
          {"MESSAGE", "message"},
          {"WHY", "why", Show::text, Width::wide}};
}

std::vector<KindColumn> store_columns() {
  return {{"NAME", "name"},
          {"BUCKET", "bucket_name"},
          {"PREFIX", "prefix"},
          {"ENDPOINT", "s3provider.endpoint"},
          {"REGION", "region", Show::text, Width::wide}};
}

std::vector<KindColumn> copy_columns() {
  return {{"NAME", "name"},
          {"BACKUP", "backupdef", Show::referred},
          {"STORE", "offload_provider.user_objectstore", Show::referred},
          {"TRIGGER", "trigger_type"},
          {"STATE", "status.state", Show::state},
          {"LAST RUN", "status.last_job_run_time", Show::age}};
}

std::vector<KindColumn> progress_columns() {
  return {{"NAMESPACE", "namespace"},
          {"NAME", "name"},
          {"OPERATION", "op_type"},
          {"STATE", "state", Show::state},
          {"MOVED", "stats.transferred_size", Show::bytes},
          {"MESSAGE", "message"}};
}

const std::vector<ColumnsRow>& column_rows() {
  static const std::vector<ColumnsRow> rows = {
      {"kubeclusters",
       {{"NAME", "name"},
        {"STATE", "status.state", Show::state},
        {"VERSION", "status.version"},
        {"MESSAGE", "status.message", Show::text, Width::wide}}},
      {"kubebackups",
       {{"NAME", "name"},
        {"CLUSTER", "cluster", Show::referred},
        {"TRIGGER", "trigger_type"},
        {"PAUSED", "pause"},
        {"LAST RUN", "status.last_job_run_time", Show::age}}},
      {"objectstores", store_columns()},
      {"kubeoffloads", copy_columns()},
      {"kubepvcprogress", progress_columns()},
      {"backupinstances",
       {{"NAME", "name"},
        {"BACKUP", "backupdef_name"},
        {"CLUSTER", "cluster_name"},
        {"TYPE", "type"},
        {"STATE", "state", Show::state},
        {"ITEMS", "num_backup_resources"},
        {"VOLUMES", "pv_count"},
        {"PROOF", "verification.state", Show::state},
        {"PROVED", "verification.checked_at", Show::age},
        {"DRILL", "drill.state", Show::state},
        {"DRILLED", "drill.checked_at", Show::age}}},
      {"kubeevidence",
       {{"POINT", "backupinst_id", Show::referred},
        {"KIND", "kind"},
        {"STATE", "state", Show::state},
        {"MADE", "made_at", Show::age}}},
      {"kuberestores",
       {{"NAME", "name"},
        {"POINT", "backup_inst", Show::referred},
        {"CLUSTER", "cluster", Show::referred},
        {"STATE", "status.state", Show::state},
        {"MESSAGE", "status.message", Show::text, Width::wide}}},
      {"jobs",
       {{"NAME", "name"},
        {"TYPE", "type"},
        {"STATE", "state", Show::state},
        {"CLUSTER", "cluster_name"},
        {"STARTED", "start_time", Show::age},
        {"TOOK", "start_time", Show::took},
        {"MESSAGE", "message"}}},
      {"kubenamespaces",
       {{"NAME", "name"},
        {"CLUSTER", "cluster_id", Show::referred},
        {"POINT", "backupinst_id", Show::referred}}},
      {"kubepvclaims",
       {{"NAMESPACE", "namespace_name"},
        {"NAME", "name"},
        {"SIZE", "restore_size", Show::bytes},
        {"CLASS", "storage_class_name"},
        {"DRIVER", "driver", Show::text, Width::wide},
        {"POINT", "backupinst_id", Show::referred}}},
      {"kuberestoreitems", item_columns()},
      {"kuberestoreplans",
       {{"RESTORE", "restore_id", Show::referred},
        {"ITEMS", "num_items"},
        {"HASH", "hash", Show::text, Width::wide}}},
      {"kuberestoreplanitems", item_columns()},
      {"policies", {{"NAME", "name"}, {"TIMEZONE", "timezone"}}},
  };
  return rows;
}

std::string upper(std::string text) {
  for (char& c : text) {
    c = c == '_' || c == '.' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

bool is_scalar(const schema::Shape& shape) {
  switch (shape.type) {
    case schema::Type::string:
    case schema::Type::integer:
    case schema::Type::number:
    case schema::Type::boolean:
      return true;
    case schema::Type::reference:
    case schema::Type::list:
    case schema::Type::dict:
    case schema::Type::map:
    case schema::Type::any:
      return false;
  }
  check_failed("a known type", __FILE__, __LINE__);
}

std::vector<KindColumn> derived_columns(const schema::Resource& resource) {
  constexpr std::size_t kColumnsMax = 5;
  std::vector<KindColumn> columns;
  for (const char* first : {"name", "state", "status.state"}) {
    if (schema::locate(resource, first).shape == nullptr) continue;
    const bool is_name = columns.empty();
    columns.push_back({is_name ? "NAME" : "STATE", first, is_name ? Show::text : Show::state});
  }
  for (const schema::Field& field : resource.fields) {
    const bool is_new = field.name != "name" && field.name != "state";
    const bool is_useful = field.traits.has(schema::indexed) && is_scalar(field.shape);
    if (!is_new || !is_useful || field.is_hidden() || columns.size() == kColumnsMax) continue;
    columns.push_back({upper(field.name), field.name});
  }
  return columns;
}

std::string age_of(const Json& value, EpochSeconds now) {
  const EpochSeconds then = epoch_of(value);
  return then == 0 ? "" : short_duration(now - then);
}

std::string took_of(const Json& item, EpochSeconds now) {
  const EpochSeconds start = epoch_of(member(item, "start_time"));
  const EpochSeconds end = epoch_of(member(item, "end_time"));
  if (start == 0) return "";
  return short_duration((end == 0 ? now : end) - start);
}

Cell cell_of(const KindColumn& column, const Json& item, EpochSeconds now) {
  const Json& value = at_path(item, column.field);
  switch (column.show) {
    case Show::text:
      return {one_line(value)};
    case Show::state:
      return {one_line(value), tone_of_state(one_line(value))};
    case Show::age:
      return {age_of(value, now)};
    case Show::took:
      return {took_of(item, now)};
    case Show::bytes:
      return {value.is_number_integer() ? byte_size(value.get<std::int64_t>()) : ""};
    // What was not embedded, because it was deleted or is no document of ours, stays an id.
    case Show::referred:
      return {value.is_object() ? text_at(value, "name") : one_line(value)};
  }
  check_failed("a known way to show a column", __FILE__, __LINE__);
}

Align align_of(const KindColumn& column, const schema::Resource& resource) {
  if (column.show == Show::bytes) return Align::right;
  const schema::Shape* shape = schema::locate(resource, column.field).shape;
  const bool is_number = shape != nullptr && shape->type == schema::Type::integer;
  return is_number && column.show == Show::text ? Align::right : Align::left;
}

}  // namespace

std::vector<KindColumn> columns_for(const schema::Resource& resource) {
  const auto& rows = column_rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const ColumnsRow& candidate) {
    return candidate.path == resource.path;
  });
  std::vector<KindColumn> columns = row == rows.end() ? derived_columns(resource) : row->columns;
  columns.push_back({"AGE", "_created", Show::age});
  columns.push_back({"ID", "_id", Show::text, Width::wide});
  return columns;
}

Json embedded_of(const Kind& kind) {
  Json clause;
  for (const KindColumn& column : kind.columns) {
    if (column.show == Show::referred) clause[column.field] = 1;
  }
  return clause;
}

Table table_of(const Kind& kind, const std::vector<Json>& items, Width width, EpochSeconds now) {
  std::vector<Column> columns;
  std::vector<const KindColumn*> shown;
  for (const KindColumn& column : kind.columns) {
    if (column.width == Width::wide && width != Width::wide) continue;
    shown.push_back(&column);
    columns.push_back({column.title, align_of(column, *kind.resource)});
  }
  Table table(std::move(columns));
  for (const Json& item : items) {
    std::vector<Cell> row;
    for (const KindColumn* column : shown) row.push_back(cell_of(*column, item, now));
    table.add(std::move(row));
  }
  return table;
}

const Json& at_path(const Json& document, const std::string& path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) return member(document, path);
  return at_path(member(document, path.substr(0, dot)), path.substr(dot + 1));
}

std::string one_line(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return compact(value);
  std::string text;
  for (const Json& item : value) text += (text.empty() ? "" : ", ") + one_line(item);
  return text;
}

EpochSeconds epoch_of(const Json& value) {
  if (value.is_number_integer()) return value.get<EpochSeconds>();
  return value.is_string() ? rfc1123_seconds(value.get<std::string>()) : 0;
}

}  // namespace salvor::cli
