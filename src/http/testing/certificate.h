// Certificates for tests, made on the spot.
#pragma once

#include <string>

#include "http/server.h"

namespace salvor::http::testing {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

// Signed by itself, so it is its own authority; valid for an hour, for this DNS name and 127.0.0.1.
Certificate make_certificate(const std::string& dns_name = "localhost");
// The same, signed by the authority.
Certificate make_certificate(const std::string& dns_name, const Certificate& authority);

// The same as files of a fresh folder, which its destruction removes.
class CertificateFiles {
 public:
  explicit CertificateFiles(const Certificate& certificate);
  ~CertificateFiles();
  CertificateFiles(const CertificateFiles&) = delete;
  CertificateFiles& operator=(const CertificateFiles&) = delete;

  TlsFiles paths() const;

 private:
  std::string folder_;
};

}  // namespace salvor::http::testing
