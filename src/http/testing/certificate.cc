#include "http/testing/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/check.h"

namespace salvor::http::testing {
namespace {

constexpr long kValidSeconds = 3600;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Owner = std::unique_ptr<X509, decltype(&X509_free)>;
using BioOwner = std::unique_ptr<BIO, decltype(&BIO_free)>;
using ExtensionOwner = std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>;

void add_extension(X509* certificate, int kind, const std::string& value) {
  const ExtensionOwner extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()),
                                 &X509_EXTENSION_free);
  CHECK(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string text_of(const BioOwner& memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

// Everything but who signed it.
X509Owner unsigned_certificate(EVP_PKEY* key, const std::string& dns_name) {
  X509Owner certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kValidSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const auto* const text = reinterpret_cast<const unsigned char*>(dns_name.c_str());
  CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
  add_extension(certificate.get(), NID_subject_alt_name, "DNS:" + dns_name + ",IP:127.0.0.1");
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  CHECK(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  CHECK(key != nullptr);
  return key;
}

BioOwner reader_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

Certificate texts_of(const Key& key, const X509Owner& certificate) {
  const BioOwner certificate_text(BIO_new(BIO_s_mem()), &BIO_free);
  const BioOwner key_text(BIO_new(BIO_s_mem()), &BIO_free);
  CHECK(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
  CHECK(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                 nullptr) == 1);
  return {.certificate_pem = text_of(certificate_text), .key_pem = text_of(key_text)};
}

}  // namespace

Certificate make_certificate(const std::string& dns_name) {
  const Key key = new_key();
  const X509Owner certificate = unsigned_certificate(key.get(), dns_name);
  sign(certificate.get(), certificate.get(), key.get());
  return texts_of(key, certificate);
}

Certificate make_certificate(const std::string& dns_name, const Certificate& authority) {
  const X509Owner issuer(
      PEM_read_bio_X509(reader_of(authority.certificate_pem).get(), nullptr, nullptr, nullptr),
      &X509_free);
  const Key issuer_key(
      PEM_read_bio_PrivateKey(reader_of(authority.key_pem).get(), nullptr, nullptr, nullptr),
      &EVP_PKEY_free);
  CHECK(issuer != nullptr && issuer_key != nullptr);
  const Key key = new_key();
  const X509Owner certificate = unsigned_certificate(key.get(), dns_name);
  sign(certificate.get(), issuer.get(), issuer_key.get());
  return texts_of(key, certificate);
}

CertificateFiles::CertificateFiles(const Certificate& certificate) {
  std::string name = std::filesystem::temp_directory_path() / "salvor-certificate-XXXXXX";
  CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  std::ofstream(paths().certificate_file) << certificate.certificate_pem;
  std::ofstream(paths().key_file) << certificate.key_pem;
}

CertificateFiles::~CertificateFiles() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

TlsFiles CertificateFiles::paths() const {
  return {.certificate_file = folder_ + "/tls.crt", .key_file = folder_ + "/tls.key"};
}

}  // namespace salvor::http::testing
