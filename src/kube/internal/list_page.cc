#include "kube/internal/list_page.h"

#include <nlohmann/json.hpp>

#include "kube/internal/json_cursor.h"

namespace salvor::kube {
namespace {

// The members that a list's items come without, as text to put after the item's '{'.
struct Missing {
  std::string api_version;
  std::string kind;
};

// The item's text, started with what it comes without.
std::string completed(std::string_view item, std::string_view added) {
  std::string text;
  text.reserve(item.size() + added.size());
  text += '{';
  text += added;
  std::string_view rest = item.substr(1);
  const std::size_t first = rest.find_first_not_of(" \n\r\t");
  const bool is_empty = first != std::string_view::npos && rest[first] == '}';
  if (is_empty && text.back() == ',') text.pop_back();
  return text.append(rest);
}

// One walk over an item finds its end and which members it has.
void read_item(JsonCursor& cursor, const Missing& missing, ListPage& page) {
  if (!cursor.enter_object()) return;
  const std::size_t start = cursor.position() - 1;
  bool has_api_version = false;
  bool has_kind = false;
  while (const auto name = cursor.next_member()) {
    has_api_version |= *name == "apiVersion";
    has_kind |= *name == "kind";
    cursor.value();
  }
  std::string added;
  if (!has_api_version) added += missing.api_version;
  if (!has_kind) added += missing.kind;
  page.items.push_back(completed(cursor.slice_from(start), added));
}

void read_items(JsonCursor& cursor, const Missing& missing, ListPage& page) {
  if (cursor.is_at('n')) {  // null: how Go writes an empty list
    cursor.value();
    return;
  }
  if (!cursor.enter_array()) return;
  while (cursor.next_element()) read_item(cursor, missing, page);
}

Result<void> read_metadata(std::string_view text, ListPage& page) {
  TRY(const Json metadata, parse_json(text));
  page.continue_token = text_at(metadata, "continue");
  page.resource_version = text_at(metadata, "resourceVersion");
  return {};
}

Result<ListPage> read_page(std::string_view body, const Missing& missing) {
  ListPage page;
  bool has_items = false;
  JsonCursor cursor(body);
  cursor.enter_object();
  while (const auto name = cursor.next_member()) {
    if (*name == "items") {
      has_items = true;
      read_items(cursor, missing, page);
      continue;
    }
    const std::string_view value = cursor.value();
    if (*name == "metadata") TRY_VOID(read_metadata(value, page));
  }
  if (!cursor.is_at_end()) return cursor.problem();
  if (!has_items) return error(ErrorCode::corrupt, "the answer has no items");
  return page;
}

}  // namespace

Result<ListPage> read_list_page(std::string_view body, const ResourceType& type) {
  const Missing missing{"\"apiVersion\":" + compact(type.api_version()) + ",",
                        "\"kind\":" + compact(type.kind) + ","};
  auto page = read_page(body, missing);
  if (page.ok()) return page;
  Error failure = std::move(page).error().within("reading the list of " + type.group_resource());
  failure.code = ErrorCode::corrupt;
  return failure;
}

}  // namespace salvor::kube
