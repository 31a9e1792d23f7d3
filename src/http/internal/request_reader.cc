// A head is looked for as bytes up to an empty line, put into strict form (request_line.h) and
// given to Beast, which judges its lines and how long the body is. Then Beast takes the body, plain
// or in chunks. What Beast would accept and we do not: any transfer coding but "chunked", chunked
// in HTTP/1.0, and two Host lines. All of these are read in different ways by different servers.
#include "http/internal/request_reader.h"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "base/check.h"
#include "http/request_line.h"

namespace salvor::http::internal {
namespace {

namespace beast = boost::beast;
using BeastParser = beast::http::request_parser<beast::http::string_body>;

// The strict form of a head may be thrice as long as what came: "%7B" for '{'.
constexpr std::uint32_t kEscapeGrowth = 3;
// Chunk sizes, extensions and trailers between two pieces of a body.
constexpr std::size_t kChunkHeaderBytesMax = 16 << 10;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Clients that know us as a proxy or a plain server may send "http://host/path".
std::string_view without_authority(std::string_view target) {
  if (!target.starts_with("http://") && !target.starts_with("https://")) return target;
  const std::size_t path = target.find('/', target.find("//") + 2);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return !HeaderLess{}(a, b) && !HeaderLess{}(b, a);
}

// What Beast lets pass and we do not, see above.
std::optional<Refusal> refusal_of(const Headers& headers, const std::string& expectation,
                                  bool is_http_1_1) {
  if (headers.count("Host") > 1) return Refusal{400, "the request has two Host headers"};
  if (headers.contains("Transfer-Encoding")) {
    const bool is_chunked = headers.count("Transfer-Encoding") == 1 &&
                            equals_ignoring_case(header(headers, "Transfer-Encoding"), "chunked");
    if (!is_chunked) return Refusal{501, "no transfer coding but chunked is known here"};
    if (!is_http_1_1) return Refusal{400, "chunked bodies need HTTP/1.1"};
  }
  if (!expectation.empty() && !equals_ignoring_case(expectation, "100-continue")) {
    return Refusal{417, "no expectation but 100-continue is known here"};
  }
  return {};
}

}  // namespace

struct RequestReader::Parsing {
  std::optional<BeastParser> parser;
};

RequestReader::RequestReader(ReaderLimits limits)
    : limits_(limits), parsing_(std::make_unique<Parsing>()) {}

RequestReader::~RequestReader() = default;

void RequestReader::feed(std::string_view bytes) {
  CHECK(state_ == State::idle || state_ == State::head || state_ == State::body);
  bytes_ += bytes;
  advance();
}

bool RequestReader::take_expectation() {
  return state_ == State::body && std::exchange(expects_continue_, false);
}

Request RequestReader::take() {
  CHECK(state_ == State::whole);
  const auto& message = parsing_->parser->get();
  keeps_alive_ = parsing_->parser->keep_alive();
  is_http_1_0_ = message.version() == 10;
  request_.body = std::move(parsing_->parser->get().body());
  Request request = std::exchange(request_, {});
  parsing_->parser.reset();
  state_ = State::idle;
  advance();
  return request;
}

// Each step returns whether another one can be made of the bytes at hand.
void RequestReader::advance() {
  bool more = true;
  while (more) {
    more = state_ == State::body ? read_body() : read_head();
  }
}

bool RequestReader::read_head() {
  if (state_ == State::whole || state_ == State::refused) return false;
  const std::size_t size = find_head();
  if (size == 0) return false;

  const auto head = split_request_head(std::string_view(bytes_).substr(0, size));
  if (!head) {
    refuse(400, "the request line or a header is malformed");
    return false;
  }
  const std::string strict = head->strict_text();
  request_.target = without_authority(head->target);
  bytes_.erase(0, size);
  if (!parse_head(strict) || !take_head()) return false;
  state_ = parsing_->parser->is_done() ? State::whole : State::body;
  return state_ == State::body;
}

// The length of the head that the bytes begin with; 0 while it is not all there, or refused.
std::size_t RequestReader::find_head() {
  if (state_ == State::idle) {
    // Some clients end a body with an empty line that they do not count (RFC 9112, 2.2).
    bytes_.erase(0, std::min(bytes_.find_first_not_of("\r\n"), bytes_.size()));
    if (bytes_.empty()) return 0;
    state_ = State::head;
  }
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t end = bytes_.find(kEnd, searched_ - std::min(searched_, kEnd.size() - 1));
  const bool whole = end != std::string::npos;
  const std::size_t size = whole ? end + kEnd.size() : bytes_.size();
  searched_ = whole ? 0 : bytes_.size();
  if (size > limits_.header_bytes_max) {
    refuse(431, "the request line and headers are longer than " +
                    std::to_string(limits_.header_bytes_max) + " bytes");
    return 0;
  }
  return whole ? size : 0;
}

bool RequestReader::parse_head(const std::string& strict) {
  auto& parser = parsing_->parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max) * kEscapeGrowth + 64);
  parser.body_limit(limits_.body_bytes_max);
  parser.eager(false);
  beast::error_code failure;
  parser.put(boost::asio::buffer(strict), failure);
  if (failure || !parser.is_header_done()) {
    refuse_parse("head", failure == beast::http::error::body_limit, failure.message());
    return false;
  }
  parser.eager(true);
  return true;
}

// Takes the head out of the parser before the body: chunked bodies may end with more headers, which
// must not pass for those of the head. False if it is refused.
bool RequestReader::take_head() {
  const auto& message = parsing_->parser->get();
  request_.method = upper(view(message.method_string()));
  for (const auto& field : message) {
    request_.headers.emplace(view(field.name_string()), view(field.value()));
  }
  const std::string expectation = header(request_.headers, "Expect");
  const bool is_http_1_1 = message.version() == 11;
  if (auto refusal = refusal_of(request_.headers, expectation, is_http_1_1)) {
    refuse(refusal->status, std::move(refusal->message));
    return false;
  }
  expects_continue_ = !expectation.empty() && is_http_1_1 && bytes_.empty();
  return true;
}

bool RequestReader::read_body() {
  auto& parser = *parsing_->parser;
  if (bytes_.empty()) return false;
  beast::error_code failure;
  const std::size_t taken = parser.put(boost::asio::buffer(bytes_), failure);
  bytes_.erase(0, taken);
  if (failure && failure != beast::http::error::need_more) {
    refuse_parse("body", failure == beast::http::error::body_limit, failure.message());
    return false;
  }
  if (parser.is_done()) {
    state_ = State::whole;
    return false;
  }
  if (bytes_.size() > kChunkHeaderBytesMax) {
    refuse(400, "a chunk's header is too long");
    return false;
  }
  return taken > 0 && !bytes_.empty();
}

void RequestReader::refuse_parse(const char* part, bool is_too_large, const std::string& why) {
  if (is_too_large) {
    refuse(413, "the body is larger than " + std::to_string(limits_.body_bytes_max) + " bytes");
    return;
  }
  refuse(400, "the " + std::string(part) + " of the request is malformed: " + why);
}

void RequestReader::refuse(int status, std::string message) {
  state_ = State::refused;
  refusal_ = {status, std::move(message)};
  bytes_.clear();
  parsing_->parser.reset();
}

}  // namespace salvor::http::internal
