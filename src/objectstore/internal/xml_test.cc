#include "objectstore/internal/xml.h"

#include <gtest/gtest.h>

namespace salvor::objectstore::internal {
namespace {

TEST(Xml, ReadsElementsAndTheirText) {
  const auto root = parse_xml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<List xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Item><Key>a&amp;b</Key><Size>3</Size></Item><Item><Key>\xc3\xa9</Key></Item></List>");

  ASSERT_TRUE(root.ok()) << root.error().describe();
  EXPECT_EQ(root->name, "List");
  ASSERT_EQ(root->children.size(), 2U);
  EXPECT_EQ(root->children[0].text_of("Key"), "a&b");
  EXPECT_EQ(root->children[0].text_of("Size"), "3");
  EXPECT_EQ(root->children[1].text_of("Key"), "\xc3\xa9");
  EXPECT_EQ(root->children[1].text_of("Size"), "");
  EXPECT_EQ(root->find("Other"), nullptr);
}

TEST(Xml, RefusesWhatIsNoDocument) {
  for (const char* text :
       {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a>\x01</a>", "<a>&b;</a>", "{\"a\": 1}"}) {
    EXPECT_EQ(parse_xml(text).error().code, ErrorCode::corrupt) << text;
  }
}

TEST(Xml, RefusesDocumentTypesAndWithThemEntities) {
  const char* const text = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";

  EXPECT_NE(parse_xml(text).error().message.find("document type"), std::string::npos);
}

TEST(Xml, StopsAtItsLimits) {
  const XmlLimits limits{.bytes_max = 100, .depth_max = 2, .elements_max = 3};

  EXPECT_TRUE(parse_xml("<a><b/><c/></a>", limits).ok());
  EXPECT_FALSE(parse_xml("<a><b><c/></b></a>", limits).ok());
  EXPECT_FALSE(parse_xml("<a><b/><c/><d/></a>", limits).ok());
  EXPECT_FALSE(parse_xml("<a>" + std::string(100, ' ') + "</a>", limits).ok());
}

}  // namespace
}  // namespace salvor::objectstore::internal
