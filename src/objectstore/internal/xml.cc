#include "objectstore/internal/xml.h"

#include <expat.h>

#include <memory>

#include "base/check.h"

namespace salvor::objectstore::internal {
namespace {

struct ParserCleanup {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<XML_ParserStruct, ParserCleanup>;

// Builds the tree while expat reads.
class Builder {
 public:
  Builder(XML_Parser parser, const XmlLimits& limits) : parser_(parser), limits_(limits) {
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, &Builder::on_begin, &Builder::on_end);
    XML_SetCharacterDataHandler(parser, &Builder::on_text);
    XML_SetStartDoctypeDeclHandler(parser, &Builder::on_doctype);
  }

  const char* refusal() const { return refusal_; }
  XmlElement take_root() { return std::move(root_.children.front()); }

 private:
  static void on_begin(void* self, const char* name, const char**) {
    static_cast<Builder*>(self)->begin(name);
  }
  static void on_end(void* self, const char*) { static_cast<Builder*>(self)->end(); }
  static void on_text(void* self, const char* text, int size) {
    static_cast<Builder*>(self)->add_text({text, static_cast<std::size_t>(size)});
  }
  static void on_doctype(void* self, const char*, const char*, const char*, int) {
    static_cast<Builder*>(self)->refuse("it declares a document type");
  }

  void begin(const char* name) {
    if (refusal_ != nullptr) return;
    if (open_.size() > limits_.depth_max) return refuse("it is nested too deeply");
    if (++elements_ > limits_.elements_max) return refuse("it has too many elements");
    // Only the last child of each open element grows, so the pointers stay good.
    XmlElement& parent = *open_.back();
    parent.children.push_back({.name = name});
    open_.push_back(&parent.children.back());
  }
  void end() {
    if (refusal_ == nullptr) open_.pop_back();
  }
  void add_text(std::string_view text) {
    if (refusal_ == nullptr) open_.back()->text += text;
  }
  void refuse(const char* why) {
    refusal_ = why;
    XML_StopParser(parser_, XML_FALSE);
  }

  XML_Parser parser_;
  const XmlLimits& limits_;
  XmlElement root_;  // its only child is the document's root
  std::vector<XmlElement*> open_{&root_};
  std::size_t elements_ = 0;
  const char* refusal_ = nullptr;
};

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  for (const XmlElement& element : children) {
    if (element.name == child) return &element;
  }
  return nullptr;
}

std::string XmlElement::text_of(std::string_view child) const {
  const XmlElement* const element = find(child);
  return element == nullptr ? "" : element->text;
}

Result<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits) {
  const auto refused = [](const char* why) {
    return error(ErrorCode::corrupt, std::string("not an XML document that can be read: ") + why);
  };
  if (text.size() > limits.bytes_max) return refused("it is too large");
  const Parser parser(XML_ParserCreate("UTF-8"));
  CHECK(parser != nullptr);
  Builder builder(parser.get(), limits);
  const XML_Status status =
      XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  if (builder.refusal() != nullptr) return refused(builder.refusal());
  if (status != XML_STATUS_OK) return refused(XML_ErrorString(XML_GetErrorCode(parser.get())));
  return builder.take_root();
}

}  // namespace salvor::objectstore::internal
