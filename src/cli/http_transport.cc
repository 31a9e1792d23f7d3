#include "cli/files.h"
#include "cli/transport.h"
#include "http/client.h"

namespace salvor::cli {
namespace {

class HttpTransport final : public ApiTransport {
 public:
  explicit HttpTransport(std::unique_ptr<http::Client> client) : client_(std::move(client)) {}

  Result<http::Response> send(Context& context, const http::Request& request) override {
    return client_->send(context, request);
  }

 private:
  std::unique_ptr<http::Client> client_;
};

}  // namespace

Result<std::unique_ptr<ApiTransport>> connect_http(const Endpoint& endpoint) {
  http::ClientOptions options;
  options.base_url = endpoint.url;
  options.tls.insecure_skip_verify = endpoint.insecure_skip_verify;
  if (!endpoint.ca_file.empty()) {
    TRY(options.tls.ca_pem, read_file(endpoint.ca_file).within("reading the CA file"));
  }
  TRY(std::unique_ptr<http::Client> client, http::Client::create(std::move(options)));
  return std::unique_ptr<ApiTransport>(std::make_unique<HttpTransport>(std::move(client)));
}

}  // namespace salvor::cli
