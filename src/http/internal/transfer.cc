#include "http/internal/transfer.h"

#include <openssl/ssl.h>

#include <charconv>
#include <utility>

#include "base/check.h"
#include "http/request_line.h"

namespace salvor::http::internal {
namespace {

// libcurl allocates one of each for every transfer; a record of TLS holds no more.
constexpr long kBufferBytes = 16 << 10;
// A body is given room at once up to here; a server's word for more is not worth the memory.
constexpr std::size_t kReserveBytesMax = std::size_t{1} << 20;

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct TextCleanup {
  void operator()(char* text) const { curl_free(text); }
};

// Options that libcurl can only refuse if it was built without them, which is ours to notice.
template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

void set_blob(CURL* easy, CURLoption option, const std::string& pem) {
  // libcurl only reads it; the endpoint that owns the bytes outlives the handle.
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  set(easy, option, &blob);
}

// OpenSSL would send the authorities it finds in our trust store along with our certificate. A
// server has its own, and one that checks the chain at each request, as kube-apiserver does, pays
// for each certificate in it.
CURLcode send_no_authorities(CURL*, void* context, void*) {
  SSL_CTX_set_mode(static_cast<SSL_CTX*>(context), SSL_MODE_NO_AUTO_CHAIN);
  return CURLE_OK;
}

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  const std::unique_ptr<char, TextCleanup> owned(text);
  return text;
}

bool is_safe_method(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// Whether a length has to be told, be it 0.
bool may_have_body(const Request& request) {
  return !request.body.empty() || (!is_safe_method(request.method) && request.method != "DELETE");
}

// A certificate, ours or the server's, that one of us does not take.
bool is_distrust(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM;
}

bool breaks_lines(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The server's name is asked for in the TLS handshake and checked in its certificate, while we
// connect to the address in the URL: to libcurl the name becomes the URL's host.
void rename_host(Endpoint& endpoint, CURLU* url) {
  const std::string& name = endpoint.options.tls.server_name;
  const std::string host = url_part(url, CURLUPART_HOST);
  if (name.empty() || name == host) return;
  const std::string port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const std::string given_port = url_part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  endpoint.host_header = host + (given_port.empty() ? "" : ":" + given_port);
  CHECK(append(endpoint.connect_to, "::" + host + ":" + port));
  const std::string path = url_part(url, CURLUPART_PATH);
  endpoint.url_prefix =
      url_part(url, CURLUPART_SCHEME) + "://" + name + ":" + port + (path == "/" ? "" : path);
}

}  // namespace

Result<Endpoint> Endpoint::create(ClientOptions options) {
  const std::unique_ptr<CURLU, UrlCleanup> url(curl_url());
  CHECK(url != nullptr);
  const std::string& base = options.base_url;
  const bool parsed = curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK;
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (!parsed || (scheme != "https" && scheme != "http") || base.ends_with('/') ||
      base.find_first_of("?#") != std::string::npos) {
    return error(ErrorCode::invalid, "\"" + base + "\" is not the URL of a server")
        .with_hint("give it as https://host:port, without a slash at its end");
  }
  Endpoint endpoint{std::move(options), {}, {}, {}};
  endpoint.url_prefix = endpoint.options.base_url;
  rename_host(endpoint, url.get());
  return endpoint;
}

void Flag::raise() {
  {
    const std::lock_guard lock(mutex_);
    is_up_ = true;
  }
  changed_.notify_one();
}

void Flag::lower() {
  const std::lock_guard lock(mutex_);
  is_up_ = false;
}

bool Flag::wait(std::optional<Duration> limit) {
  std::unique_lock lock(mutex_);
  const auto is_up = [this] { return is_up_; };
  if (limit) return changed_.wait_for(lock, *limit, is_up);
  changed_.wait(lock, is_up);
  return true;
}

Easy::Easy(const Endpoint& endpoint) : easy_(curl_easy_init()) {
  CHECK(easy_ != nullptr);
  set(get(), CURLOPT_ERRORBUFFER, failure_.data());
  set(get(), CURLOPT_BUFFERSIZE, kBufferBytes);
  set(get(), CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
  set_security(endpoint);
  set_way(endpoint);
}

void Easy::set_security(const Endpoint& endpoint) {
  const ClientTls& tls = endpoint.options.tls;
  set(get(), CURLOPT_PROTOCOLS_STR, "http,https");
  set(get(), CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(get(), CURLOPT_SSL_VERIFYPEER, tls.insecure_skip_verify ? 0L : 1L);
  set(get(), CURLOPT_SSL_VERIFYHOST, tls.insecure_skip_verify ? 0L : 2L);
  if (!tls.ca_pem.empty()) {
    // Only the authorities that were given, not the system's beside them.
    set(get(), CURLOPT_CAINFO, static_cast<char*>(nullptr));
    set(get(), CURLOPT_CAPATH, static_cast<char*>(nullptr));
    set_blob(get(), CURLOPT_CAINFO_BLOB, tls.ca_pem);
  }
  set(get(), CURLOPT_SSL_CTX_FUNCTION, &send_no_authorities);
  if (!tls.certificate_pem.empty()) set_blob(get(), CURLOPT_SSLCERT_BLOB, tls.certificate_pem);
  if (!tls.key_pem.empty()) set_blob(get(), CURLOPT_SSLKEY_BLOB, tls.key_pem);
}

void Easy::set_way(const Endpoint& endpoint) {
  const ClientOptions& options = endpoint.options;
  set(get(), CURLOPT_NOSIGNAL, 1L);
  set(get(), CURLOPT_TCP_KEEPALIVE, 1L);
  set(get(), CURLOPT_PATH_AS_IS, 1L);
  set(get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(get(), CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(options.stall_timeout).count()));
  // Even when empty they are set: libcurl would read the environment else.
  set(get(), CURLOPT_PROXY, options.proxy_url.c_str());
  set(get(), CURLOPT_NOPROXY, options.proxy_url.empty() ? "*" : "");
  if (endpoint.connect_to) set(get(), CURLOPT_CONNECT_TO, endpoint.connect_to.get());
  // HTTP/2 needs TLS to be agreed on; over plain TCP libcurl then stays with HTTP/1.1.
  set(get(), CURLOPT_HTTP_VERSION,
      static_cast<long>(options.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  // Rather a stream on a connection that is being made than a connection of its own: one
  // handshake for the first burst of requests instead of one for each connection.
  set(get(), CURLOPT_PIPEWAIT, options.http2 ? 1L : 0L);
}

Transfer::Transfer(std::uint64_t id, const Endpoint& endpoint, Easy& easy, const Request& request,
                   const BodySink* sink)
    : id_(id), endpoint_(endpoint), easy_(easy), request_(request), sink_(sink) {}

Result<void> Transfer::prepare() {
  if (request_.method.empty() || breaks_lines(request_.method) ||
      !request_.target.starts_with('/')) {
    return error(ErrorCode::invalid, "not a request: \"" + request_.method + " " +
                                         request_.target.substr(0, 100) + "\"");
  }
  TRY(headers_, header_list());
  const std::string url = endpoint_.url_prefix + escape_target(request_.target);
  if (curl_easy_setopt(handle(), CURLOPT_URL, url.c_str()) != CURLE_OK) {
    return error(ErrorCode::invalid, "the target of a request is too long");
  }
  easy_.forget_failure();
  easy_.ended().lower();
  set_method();
  set(handle(), CURLOPT_HTTPHEADER, headers_.get());
  set(handle(), CURLOPT_PRIVATE, this);
  set(handle(), CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(handle(), CURLOPT_HEADERDATA, this);
  set(handle(), CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(handle(), CURLOPT_WRITEDATA, this);
  set(handle(), CURLOPT_PREREQFUNCTION, &Transfer::before_request);
  set(handle(), CURLOPT_PREREQDATA, this);
  return {};
}

Result<List> Transfer::header_list() const {
  List list;
  bool whole = true;
  for (const auto& [name, value] : request_.headers) {
    if (name.empty() || breaks_lines(name) || breaks_lines(value)) {
      return error(ErrorCode::invalid, "header \"" + name + "\" cannot be sent");
    }
    // "Name;" is libcurl's way to write a header without a value.
    whole = append(list, value.empty() ? name + ";" : name + ": " + value) && whole;
  }
  if (!endpoint_.host_header.empty() && header(request_.headers, "Host").empty()) {
    whole = append(list, "Host: " + endpoint_.host_header) && whole;
  }
  // Headers that libcurl would add to a body: a form's type, and a round trip before a large one.
  if (may_have_body(request_)) {
    if (!request_.headers.contains("Content-Type")) whole = append(list, "Content-Type:") && whole;
    if (!request_.headers.contains("Expect")) whole = append(list, "Expect:") && whole;
  }
  CHECK(whole);
  return list;
}

void Transfer::set_method() {
  const std::string& method = request_.method;
  // Sets the request back to a plain GET, whatever the handle did before.
  set(handle(), CURLOPT_HTTPGET, 1L);
  set(handle(), CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
  if (method == "HEAD") {
    set(handle(), CURLOPT_NOBODY, 1L);
    return;
  }
  if (may_have_body(request_)) {
    set(handle(), CURLOPT_POST, 1L);
    set(handle(), CURLOPT_POSTFIELDS, request_.body.data());
    set(handle(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  if (method != "GET" || !request_.body.empty()) {
    set(handle(), CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  static_cast<Transfer*>(self)->take_header_line({bytes, size * count});
  return size * count;
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  // Fewer bytes taken than given end the transfer.
  return static_cast<Transfer*>(self)->take_body({bytes, size * count}) ? size * count : 0;
}

// Called by libcurl each time it is about to send the request. It repeats requests by itself when a
// kept connection breaks before the first byte of the answer, and it would do so with writes, which
// may have been carried out: those it must leave to our caller.
int Transfer::before_request(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.may_have_been_sent() && !is_safe_method(transfer.request_.method)) {
    transfer.ending_ = Ending::repeat_refused;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.request_begun_ = true;
  return CURL_PREREQFUNC_OK;
}

void Transfer::take_header_line(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    // An interim answer (100) may have come before this one.
    response_ = Response{.status = 0, .headers = {}, .body = {}};
    const std::string_view status = line.substr(std::min(line.find(' ') + 1, line.size()));
    std::from_chars(status.data(), status.data() + status.size(), response_.status);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

bool Transfer::take_body(std::string_view bytes) {
  if (sink_ != nullptr && response_.status / 100 == 2) {
    if ((*sink_)(bytes)) return true;
    ending_ = Ending::sink_full;
    return false;
  }
  const std::size_t bytes_max = endpoint_.options.response_bytes_max;
  if (bytes.size() > bytes_max - response_.body.size()) {
    ending_ = Ending::body_too_large;
    return false;
  }
  if (response_.body.empty()) {
    curl_off_t length = -1;
    curl_easy_getinfo(handle(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length > 0) response_.body.reserve(std::min(std::size_t(length), kReserveBytesMax));
  }
  response_.body += bytes;
  return true;
}

void Transfer::finish(CURLcode code) {
  code_ = code;
  easy_.ended().raise();
}

void Transfer::finish_early(Ending ending) {
  ending_ = ending;
  code_ = CURLE_ABORTED_BY_CALLBACK;
  easy_.ended().raise();
}

bool Transfer::wait_for(Duration limit) { return easy_.ended().wait(limit); }

Result<Response> Transfer::wait() {
  easy_.ended().wait({});
  if (code_ != CURLE_OK && ending_ != Ending::sink_full) return failed();
  return std::move(response_);
}

Error Transfer::failed() const {
  const std::string_view path = std::string_view(request_.target);
  // Without its query, which may be long and is nobody's business.
  const std::string what = request_.method + " " + endpoint_.options.base_url +
                           std::string(path.substr(0, path.find('?')));
  switch (ending_) {
    case Ending::cancelled:
      return error(ErrorCode::cancelled, what + ": stopped on request");
    case Ending::body_too_large:
      return error(ErrorCode::exhausted, what + ": the answer is larger than " +
                                             std::to_string(endpoint_.options.response_bytes_max) +
                                             " bytes");
    case Ending::repeat_refused:
      return error(ErrorCode::unknown_outcome, what + ": the connection broke before the answer");
    case Ending::expired:
      return error(failure_code(), what + ": no answer before the deadline");
    case Ending::sink_full:
    case Ending::none:
      break;
  }
  const char* said = easy_.failure();
  return error(failure_code(), what + ": " + (*said != '\0' ? said : curl_easy_strerror(code_)));
}

bool Transfer::may_have_been_sent() const {
  long sent_bytes = 0;
  curl_easy_getinfo(handle(), CURLINFO_REQUEST_SIZE, &sent_bytes);
  return request_begun_ && sent_bytes > 0;
}

ErrorCode Transfer::failure_code() const {
  if (is_distrust(code_)) return ErrorCode::denied;
  const bool writes = !is_safe_method(request_.method);
  return writes && may_have_been_sent() ? ErrorCode::unknown_outcome : ErrorCode::unavailable;
}

}  // namespace salvor::http::internal
