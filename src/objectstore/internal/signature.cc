#include "objectstore/internal/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/check.h"
#include "base/random.h"
#include "objectstore/internal/hash.h"

namespace salvor::objectstore::internal {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

// Blanks around a value do not count, and several in a row count as one.
std::string folded(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == ' ' && (text.empty() || text.back() == ' ')) continue;
    text += c;
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(),
             &size) != nullptr);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

struct CanonicalHeaders {
  std::string lines;
  std::string names;  // "host;range"
};

CanonicalHeaders canonical(const http::Headers& headers) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : headers) sorted[lower(name)] = folded(value);
  CanonicalHeaders made;
  for (const auto& [name, value] : sorted) {
    made.lines.append(name).append(":").append(value).append("\n");
    made.names.append(made.names.empty() ? "" : ";").append(name);
  }
  return made;
}

}  // namespace

std::string encoded_path(std::string_view path) {
  std::string encoded;
  while (true) {
    const std::size_t slash = path.find('/');
    encoded += http::url_encode(path.substr(0, slash));
    if (slash == std::string_view::npos) return encoded;
    encoded += '/';
    path.remove_prefix(slash + 1);
  }
}

std::string encoded_query(const Query& query) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : query)
    encoded.emplace_back(http::url_encode(name), http::url_encode(value));
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded)
    text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
  return text;
}

std::string signing_time(EpochSeconds time) {
  std::string text;
  for (const char c : rfc3339(time)) {
    if (c != '-' && c != ':') text += c;
  }
  return text;
}

std::string authorization(const SignedParts& parts, const Credentials& credentials,
                          const std::string& region) {
  const std::string time = http::header(parts.headers, "x-amz-date");
  const std::string day = time.substr(0, 8);
  const std::string scope = day + "/" + region + "/s3/aws4_request";
  const CanonicalHeaders headers = canonical(parts.headers);

  std::string request(parts.method);
  request.append("\n").append(parts.path).append("\n").append(parts.query).append("\n");
  request.append(headers.lines).append("\n").append(headers.names).append("\n");
  request.append(http::header(parts.headers, "x-amz-content-sha256"));

  std::string text(kAlgorithm);
  text.append("\n").append(time).append("\n").append(scope).append("\n");
  text.append(hex(digest(Hash::sha256, request)));

  std::string key = "AWS4" + credentials.secret_key;
  for (const std::string_view part : {std::string_view(day), std::string_view(region),
                                      std::string_view("s3"), std::string_view("aws4_request")})
    key = hmac(key, part);
  return std::string(kAlgorithm) + " Credential=" + credentials.access_key + "/" + scope +
         ",SignedHeaders=" + headers.names + ",Signature=" + hex(hmac(key, text));
}

}  // namespace salvor::objectstore::internal
