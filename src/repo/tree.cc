#include "repo/tree.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/base64.h"
#include "base/check.h"
#include "repo/internal/go_mode.h"
#include "repo/internal/json_reader.h"
#include "repo/quoted_name.h"

namespace salvor::repo {
namespace {

using internal::JsonObject;
using internal::JsonValue;

struct TypeName {
  NodeType type;
  const char* name;
};
constexpr std::array kTypes = {
    TypeName{NodeType::file, "file"},           TypeName{NodeType::folder, "dir"},
    TypeName{NodeType::symlink, "symlink"},     TypeName{NodeType::block_device, "dev"},
    TypeName{NodeType::char_device, "chardev"}, TypeName{NodeType::fifo, "fifo"},
    TypeName{NodeType::socket, "socket"},       TypeName{NodeType::irregular, "irregular"},
};

Error damaged(const std::string& why) {
  return error(ErrorCode::corrupt, "the folder's tree is damaged: " + why);
}

// ---- writing

// As Go's encoder writes it, so that equal trees have equal ids.
void append_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    const std::string_view before = text;
    const auto point = take_code_point(text);
    if (!point) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (*point < 0x20 || c == '<' || c == '>' || c == '&' || *point == 0x2028 ||
               *point == 0x2029) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(*point));
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  out += '"';
}

// Members in the order of restic's own, without those that say nothing.
class NodeText {
 public:
  explicit NodeText(std::string& out) : out_(out) { out_ += '{'; }
  ~NodeText() { out_ += '}'; }
  NodeText(const NodeText&) = delete;
  NodeText& operator=(const NodeText&) = delete;

  void name(const char* name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void text(const char* of, std::string_view value) {
    name(of);
    append_text(out_, value);
  }
  void text_if(const char* of, std::string_view value) {
    if (!value.empty()) text(of, value);
  }
  void number(const char* of, std::uint64_t value) {
    name(of);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void number_if(const char* of, std::uint64_t value) {
    if (value != 0) number(of, value);
  }
  void attributes(const std::vector<ExtendedAttribute>& attributes) {
    if (attributes.empty()) return;
    name("extended_attributes");
    char before = '[';
    for (const ExtendedAttribute& attribute : attributes) {
      out_ += before;
      before = ',';
      NodeText one(out_);
      one.text("name", attribute.name);
      one.text("value", encode_base64(attribute.value));
    }
    out_ += ']';
  }
  void content(const Node& node) {
    name("content");
    if (node.type != NodeType::file) {
      out_ += "null";
      return;
    }
    out_ += '[';
    for (const Id& id : node.content) {
      if (out_.back() != '[') out_ += ',';
      out_ += '"' + id.hex() + '"';
    }
    out_ += ']';
  }

 private:
  std::string& out_;
};

// JSON holds no other bytes than UTF-8; the target's own go beside it.
void add_link(NodeText& out, std::string_view target) {
  out.text_if("linktarget", target);
  bool is_utf8 = true;
  for (std::string_view rest = target; !rest.empty() && is_utf8;)
    is_utf8 = take_code_point(rest).has_value();
  if (!is_utf8) out.text("linktarget_raw", encode_base64(target));
}

// ---- reading

std::optional<NodeType> type_from(std::string_view name) {
  for (const TypeName& row : kTypes) {
    if (name == row.name) return row.type;
  }
  return std::nullopt;
}

Result<std::string> decoded(JsonValue& value) {
  if (value.is_null()) return std::string();
  TRY(const std::string_view text, value.text());
  auto bytes = decode_base64(text);
  if (!bytes) return damaged("a text is not base64");
  return *std::move(bytes);
}

Result<Id> id_from(JsonValue& value) {
  TRY(const std::string_view text, value.text());
  const auto id = parse_id(text);
  if (!id) return damaged("an id is not 64 hex digits");
  return *id;
}

Result<std::string> name_from(JsonValue& value) {
  TRY(const std::string_view text, value.text());
  auto name = unquote_name(text);
  if (!name) return damaged("a name is quoted wrongly");
  const bool leads_out = *name == "." || *name == ".." ||
                         name->find_first_of(std::string_view("/\0", 2)) != std::string::npos;
  if (name->empty() || leads_out)
    return damaged("\"" + quote_name(*name) + "\" can be no name in a folder");
  return *std::move(name);
}

Result<ExtendedAttribute> attribute_from(JsonObject object) {
  ExtendedAttribute attribute;
  TRY_VOID(object.each([&](std::string_view name, JsonValue value) -> Result<void> {
    if (name == "name") {
      TRY(attribute.name, value.text());
    } else if (name == "value") {
      TRY(attribute.value, decoded(value));
    }
    return {};
  }));
  return attribute;
}

using Member = Result<void> (*)(Node& node, JsonValue& value);

template <auto kField>
Result<void> read_text(Node& node, JsonValue& value) {
  TRY(const std::string_view text, value.text());
  node.*kField = text;
  return {};
}

template <auto kField>
Result<void> read_number(Node& node, JsonValue& value) {
  TRY(const std::uint64_t number, value.number());
  using Number = std::remove_reference_t<decltype(node.*kField)>;
  if (number > std::numeric_limits<Number>::max()) return damaged("a number is too large");
  node.*kField = static_cast<Number>(number);
  return {};
}

template <auto kField>
Result<void> read_time(Node& node, JsonValue& value) {
  TRY(const std::string_view text, value.text());
  const auto time = parse_file_time(text);
  if (!time) return damaged("\"" + std::string(text) + "\" is no time");
  node.*kField = *time;
  return {};
}

struct MemberRow {
  std::string_view name;
  Member read;
};

constexpr std::array kMembers = {
    MemberRow{"name",
              [](Node& node, JsonValue& value) -> Result<void> {
                TRY(node.name, name_from(value));
                return {};
              }},
    MemberRow{"type",
              [](Node& node, JsonValue& value) -> Result<void> {
                TRY(const std::string_view text, value.text());
                const auto type = type_from(text);
                if (!type) return damaged("an entry of an unknown type");
                node.type = *type;
                return {};
              }},
    MemberRow{"mode",
              [](Node& node, JsonValue& value) -> Result<void> {
                TRY(const std::uint64_t number, value.number());
                node.mode = internal::mode_from_go(static_cast<std::uint32_t>(number));
                return {};
              }},
    MemberRow{"mtime", read_time<&Node::modified>},
    MemberRow{"atime", read_time<&Node::accessed>},
    MemberRow{"ctime", read_time<&Node::changed>},
    MemberRow{"uid", read_number<&Node::uid>},
    MemberRow{"gid", read_number<&Node::gid>},
    MemberRow{"user", read_text<&Node::user>},
    MemberRow{"group", read_text<&Node::group>},
    MemberRow{"inode", read_number<&Node::inode>},
    MemberRow{"device_id", read_number<&Node::device_id>},
    MemberRow{"size", read_number<&Node::size>},
    MemberRow{"links", read_number<&Node::links>},
    MemberRow{"device", read_number<&Node::device>},
    MemberRow{"linktarget",
              [](Node& node, JsonValue& value) -> Result<void> {
                TRY(const std::string_view text, value.text());
                if (node.link_target.empty()) node.link_target = text;
                return {};
              }},
    MemberRow{"linktarget_raw",
              [](Node& node, JsonValue& value) -> Result<void> {
                TRY(node.link_target, decoded(value));
                return {};
              }},
    MemberRow{"extended_attributes",
              [](Node& node, JsonValue& value) -> Result<void> {
                return value.each_object([&](JsonObject object) -> Result<void> {
                  TRY(ExtendedAttribute attribute, attribute_from(object));
                  node.attributes.push_back(std::move(attribute));
                  return {};
                });
              }},
    MemberRow{"content",
              [](Node& node, JsonValue& value) -> Result<void> {
                return value.each([&](JsonValue one) -> Result<void> {
                  TRY(const Id id, id_from(one));
                  node.content.push_back(id);
                  return {};
                });
              }},
    MemberRow{"subtree",
              [](Node& node, JsonValue& value) -> Result<void> {
                if (value.is_null()) return {};
                TRY(node.subtree, id_from(value));
                return {};
              }},
};

Result<Node> read_node(JsonObject object) {
  Node node;
  bool has_type = false;
  TRY_VOID(object.each([&](std::string_view name, JsonValue value) -> Result<void> {
    for (const MemberRow& row : kMembers) {
      if (row.name != name) continue;
      has_type = has_type || name == "type";
      return row.read(node, value);
    }
    return {};
  }));
  if (node.name.empty() || !has_type) return damaged("an entry without its name or type");
  if (node.type == NodeType::folder && !node.subtree)
    return damaged("folder \"" + quote_name(node.name) + "\" without its tree");
  return node;
}

}  // namespace

const char* to_string(NodeType type) {
  for (const TypeName& row : kTypes) {
    if (row.type == type) return row.name;
  }
  return "irregular";
}

void TreeWriter::add(const Node& node) {
  CHECK(text_.empty() || last_ < node.name);
  last_ = node.name;
  text_ += text_.empty() ? R"({"nodes":[)" : ",";
  NodeText out(text_);
  out.text("name", quote_name(node.name));
  out.text("type", to_string(node.type));
  out.number_if("mode", internal::mode_to_go(node.mode, node.type));
  out.text("mtime", to_text(node.modified));
  out.text("atime", to_text(node.accessed));
  out.text("ctime", to_text(node.changed));
  out.number("uid", node.uid);
  out.number("gid", node.gid);
  out.text_if("user", node.user);
  out.text_if("group", node.group);
  out.number_if("inode", node.inode);
  out.number_if("device_id", node.device_id);
  out.number_if("size", node.size);
  out.number_if("links", node.links);
  add_link(out, node.link_target);
  out.attributes(node.attributes);
  out.number_if("device", node.device);
  out.content(node);
  if (node.subtree) out.text("subtree", node.subtree->hex());
}

std::string TreeWriter::finish() {
  last_.clear();
  if (text_.empty()) text_ = R"({"nodes":[)";
  return std::exchange(text_, {}) + "]}\n";
}

Result<void> read_tree(std::string text, const NodeSink& sink) {
  std::string last;
  return internal::read_json_object(std::move(text), [&](JsonObject tree) {
    return tree.each([&](std::string_view name, JsonValue value) -> Result<void> {
      if (name != "nodes") return {};
      return value.each_object([&](JsonObject object) -> Result<void> {
        TRY(Node node, read_node(object));
        if (!last.empty() && node.name <= last)
          return damaged("\"" + quote_name(node.name) + "\" is out of order");
        last = node.name;
        return sink(std::move(node));
      });
    });
  });
}

}  // namespace salvor::repo
