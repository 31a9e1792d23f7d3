#include "http/testing/tls_listener.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>

#include "base/check.h"

namespace salvor::http::testing {
namespace {

using BioOwner = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Owner = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyOwner = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using ContextOwner = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using SslOwner = std::unique_ptr<SSL, decltype(&SSL_free)>;

BioOwner reader_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

std::string common_name(X509* certificate) {
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

ContextOwner context_with(const Certificate& certificate) {
  ContextOwner context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const X509Owner own(
      PEM_read_bio_X509(reader_of(certificate.certificate_pem).get(), nullptr, nullptr, nullptr),
      &X509_free);
  const KeyOwner key(
      PEM_read_bio_PrivateKey(reader_of(certificate.key_pem).get(), nullptr, nullptr, nullptr),
      &EVP_PKEY_free);
  CHECK(SSL_CTX_use_certificate(context.get(), own.get()) == 1);
  CHECK(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  const auto take_all = [](int, X509_STORE_CTX*) { return 1; };
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, take_all);
  return context;
}

}  // namespace

TlsListener::TlsListener(Certificate certificate) : certificate_(std::move(certificate)) {}

std::future<std::vector<std::string>> TlsListener::names_of_next_peer() {
  return std::async(std::launch::async, [this] { return serve_one(); });
}

std::vector<std::string> TlsListener::serve_one() {
  const ContextOwner context = context_with(certificate_);
  const SslOwner ssl(SSL_new(context.get()), &SSL_free);
  const RawPeer peer = listener_.accept();
  SSL_set_fd(ssl.get(), peer.descriptor());
  if (SSL_accept(ssl.get()) != 1) return {};
  std::vector<std::string> names;
  const X509Owner own(SSL_get1_peer_certificate(ssl.get()), &X509_free);
  if (own != nullptr) names.push_back(common_name(own.get()));
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl.get());
  for (int i = 0; i < sk_X509_num(chain); ++i)
    names.push_back(common_name(sk_X509_value(chain, i)));
  std::array<char, 4096> request{};
  SSL_read(ssl.get(), request.data(), static_cast<int>(request.size()));
  constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  SSL_write(ssl.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
  SSL_shutdown(ssl.get());
  return names;
}

}  // namespace salvor::http::testing
