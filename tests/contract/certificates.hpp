// Certificates that a test makes for itself: an authority and what it signs.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>

namespace outlay::tests {

struct KeyEnd {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateEnd {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct Identity {
    std::unique_ptr<EVP_PKEY, KeyEnd> key;
    std::unique_ptr<X509, CertificateEnd> certificate;
};

struct Validity {
    std::chrono::seconds from{-3600};  // from now on
    std::chrono::seconds until{3600};
};

Identity make_authority(const std::string& name);
// For the DNS name, signed by the authority.
Identity issue(const Identity& authority, const std::string& name, Validity validity = {});
// Writes the certificate as PEM.
void write_pem(const Identity& identity, const std::string& path);
void write_key_pem(const Identity& identity, const std::string& path);

}  // namespace outlay::tests
