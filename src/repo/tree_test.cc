#include "repo/tree.h"

#include <gtest/gtest.h>

namespace salvor::repo {
namespace {

Node node(NodeType type, const std::string& name) {
  Node made;
  made.type = type;
  made.name = name;
  made.mode = 0644;
  made.modified = made.accessed = made.changed = {1602277544, 5};
  if (type == NodeType::folder) made.subtree = id_of("tree");
  return made;
}

std::vector<Node> read(const std::string& text) {
  std::vector<Node> nodes;
  const auto done = read_tree(text, [&](Node one) -> Result<void> {
    nodes.push_back(std::move(one));
    return {};
  });
  EXPECT_TRUE(done.ok()) << done.error().message;
  return nodes;
}

std::string text_of(const std::vector<Node>& nodes) {
  TreeWriter writer;
  for (const Node& one : nodes) writer.add(one);
  return writer.finish();
}

TEST(Tree, HasResticsForm) {
  Node file = node(NodeType::file, "a<b");
  file.size = 3;
  file.content = {id_of("abc")};

  EXPECT_EQ(text_of({}), "{\"nodes\":[]}\n");
  EXPECT_EQ(text_of({file}),
            "{\"nodes\":[{\"name\":\"a\\u003cb\",\"type\":\"file\",\"mode\":420,"
            "\"mtime\":\"2020-10-09T21:05:44.000000005Z\","
            "\"atime\":\"2020-10-09T21:05:44.000000005Z\","
            "\"ctime\":\"2020-10-09T21:05:44.000000005Z\",\"uid\":0,\"gid\":0,\"size\":3,"
            "\"content\":[\"" +
                id_of("abc").hex() + "\"]}]}\n");
}

TEST(Tree, IsReadAsItIsWritten) {
  Node full = node(NodeType::file, "b \"\\\xff\t");
  full.mode = 06755;
  full.uid = 1000;
  full.gid = 4'000'000'000;
  full.user = "ann";
  full.group = "staff";
  full.inode = 12;
  full.device_id = 34;
  full.size = 56;
  full.links = 2;
  full.attributes = {{"user.a", std::string("\0\xff", 2)}, {"user.b", ""}};
  full.content = {id_of("1"), id_of("2"), id_of("1")};
  Node link = node(NodeType::symlink, "c");
  link.link_target = "to \xff nowhere";
  Node device = node(NodeType::char_device, "d");
  device.device = 0x501;
  Node sticky = node(NodeType::folder, "e");
  sticky.mode = 01777;
  const std::vector<Node> nodes = {node(NodeType::file, "a"),
                                   full,
                                   link,
                                   device,
                                   sticky,
                                   node(NodeType::fifo, "f"),
                                   node(NodeType::socket, "g"),
                                   node(NodeType::block_device, "h")};

  EXPECT_EQ(read(text_of(nodes)), nodes);
}

// Seen in trees that restic made.
TEST(Tree, CountsModesAsGoDoes) {
  const auto mode = [](NodeType type, std::uint32_t bits) {
    Node one = node(type, "x");
    one.mode = bits;
    const std::string text = text_of({one});
    const std::size_t at = text.find("\"mode\":") + 7;
    return text.substr(at, text.find(',', at) - at);
  };

  EXPECT_EQ(mode(NodeType::folder, 0755), "2147484141");
  EXPECT_EQ(mode(NodeType::symlink, 0777), "134218239");
  EXPECT_EQ(mode(NodeType::fifo, 0644), "33554852");
  EXPECT_EQ(mode(NodeType::file, 04755), "8389101");
  EXPECT_EQ(mode(NodeType::folder, 01777), "2148532735");
}

TEST(Tree, NeedsOnlyNameAndType) {
  const auto nodes = read(R"({"nodes":[{"name":"a","type":"file","extended_attributes":null,
    "later":{"x":[1]},"content":null},{"type":"symlink","name":"b"}],"more":1})");

  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[1].type, NodeType::symlink);
}

TEST(Tree, UnderstandsAnAttributeWithoutAValue) {
  const auto nodes = read(
      R"({"nodes":[{"name":"a","type":"file","extended_attributes":[{"name":"x","value":null}]}]})");

  EXPECT_EQ(nodes[0].attributes, (std::vector<ExtendedAttribute>{{"x", ""}}));
}

TEST(Tree, RefusesNamesThatLeadOut) {
  for (const char* name : {"", ".", "..", "a/b", "/", "../x", "a\\\\x00b", "\\\\x2f"}) {
    const auto done =
        read_tree(R"({"nodes":[{"type":"file","name":")" + std::string(name) + R"("}]})",
                  [](const Node&) { return Result<void>(); });
    EXPECT_EQ(done.error().code, ErrorCode::corrupt) << name;
  }
}

TEST(Tree, RefusesDamage) {
  for (const char* nodes :
       {"[{}]", "[1]", "{}", R"([{"name":"a"}])", R"([{"name":"a","type":"door"}])",
        R"([{"name":"a","type":"dir"}])", R"([{"name":"a","type":"dir","subtree":"x"}])",
        R"([{"name":"b","type":"file"},{"name":"a","type":"file"}])",
        R"([{"name":"a","type":"file"},{"name":"a","type":"file"}])",
        R"([{"name":"a","type":"file","content":["x"]}])",
        R"([{"name":"a","type":"file","mtime":"yesterday"}])",
        R"([{"name":"a","type":"file","size":-1}])", R"([{"name":"a","type":"file","uid":"0"}])",
        R"([{"name":"a","type":"file","uid":4294967296}])"}) {
    const auto done = read_tree(R"({"nodes":)" + std::string(nodes) + "}",
                                [](const Node&) { return Result<void>(); });
    EXPECT_EQ(done.error().code, ErrorCode::corrupt) << nodes;
  }
}

TEST(Tree, RefusesNestingThatNobodyMakes) {
  std::string deep = "{\"nodes\":";
  deep.append(100'000, '[');

  EXPECT_FALSE(read_tree(deep, [](const Node&) { return Result<void>(); }).ok());
}

TEST(Tree, EndsWithTheSinksError) {
  const auto done = read_tree(text_of({node(NodeType::file, "a")}), [](const Node&) {
    return Result<void>(error(ErrorCode::cancelled, "enough"));
  });

  EXPECT_EQ(done.error().message, "enough");
}

}  // namespace
}  // namespace salvor::repo
