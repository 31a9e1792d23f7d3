#include "objectstore/internal/s3_answers.h"

#include <charconv>
#include <optional>

#include "base/clock.h"
#include "http/message.h"
#include "objectstore/internal/xml.h"

namespace salvor::objectstore::internal {
namespace {

Error not_understood(const std::string& what) {
  return error(ErrorCode::corrupt, "the store's answer is not understood: " + what)
      .with_hint("look whether the endpoint is an S3 server, and what stands between");
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

Result<XmlElement> parse_root(std::string_view body, const std::string& name) {
  auto root = parse_xml(body);
  if (!root.ok()) return not_understood(root.error().message);
  if (root->name != name) return not_understood("it is no " + name);
  return root;
}

// Keys are escaped if the answer says so: those of others may hold what XML cannot.
class KeyReader {
 public:
  explicit KeyReader(const XmlElement& root) : is_escaped_(root.text_of("EncodingType") == "url") {}
  std::string read(const std::string& text) const {
    return is_escaped_ ? http::url_decode(text, true) : text;
  }

 private:
  bool is_escaped_;
};

std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '&') {
      made += "&amp;";
    } else if (c == '<') {
      made += "&lt;";
    } else if (c == '>') {
      made += "&gt;";
    } else {
      made += c;
    }
  }
  return made;
}

}  // namespace

Result<ListPage> parse_list(std::string_view body) {
  TRY(const XmlElement root, parse_root(body, "ListBucketResult"));
  const KeyReader keys(root);
  ListPage page;
  for (const XmlElement& element : root.children) {
    if (element.name != "Contents") continue;
    const auto size = number(element.text_of("Size"));
    if (!size) return not_understood("an object has no size");
    page.objects.push_back({keys.read(element.text_of("Key")), *size});
  }
  if (root.text_of("IsTruncated") != "true") return page;
  page.next = root.text_of("NextContinuationToken");
  if (page.next.empty()) return not_understood("a page of a list does not name the next one");
  return page;
}

Result<UploadsPage> parse_uploads(std::string_view body) {
  TRY(const XmlElement root, parse_root(body, "ListMultipartUploadsResult"));
  const KeyReader keys(root);
  UploadsPage page;
  for (const XmlElement& element : root.children) {
    if (element.name == "Upload")
      page.uploads.push_back({keys.read(element.text_of("Key")), element.text_of("UploadId")});
  }
  page.has_more = root.text_of("IsTruncated") == "true";
  page.next = {keys.read(root.text_of("NextKeyMarker")), root.text_of("NextUploadIdMarker")};
  if (page.has_more && page.next.key.empty())
    return not_understood("a page of uploads does not name the next one");
  return page;
}

Result<std::string> parse_upload_id(std::string_view body) {
  TRY(const XmlElement root, parse_root(body, "InitiateMultipartUploadResult"));
  std::string id = root.text_of("UploadId");
  if (id.empty()) return not_understood("an upload has no id");
  return id;
}

std::string completion(const std::vector<std::string>& tags) {
  std::string text = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < tags.size(); ++i) {
    text += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
            escaped(tags[i]) + "</ETag></Part>";
  }
  return text + "</CompleteMultipartUpload>";
}

std::string retention_until(EpochSeconds until) {
  return "<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>" + rfc3339(until) +
         "</RetainUntilDate></Retention>";
}

bool says_completed(std::string_view body) {
  return parse_root(body, "CompleteMultipartUploadResult").ok();
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto size = number(text);
  if (!size) return not_understood("it does not tell the object's size");
  return *size;
}

Result<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (text.starts_with(kUnit) && dash != std::string_view::npos &&
      slash != std::string_view::npos && dash > kUnit.size()) {
    const auto begin = number(text.substr(kUnit.size(), dash - kUnit.size()));
    const auto size = number(text.substr(slash + 1));
    if (begin && size && *begin <= *size) return ContentRange{*begin, *size};
  }
  return not_understood("it does not say which part of the object it holds");
}

}  // namespace salvor::objectstore::internal
