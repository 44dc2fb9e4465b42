// X.509 by the library that the client verifies with.
#include "tests/contract/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>

#include "domain/values/check.hpp"

namespace outlay::tests {

namespace {

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    CHECK(extension != nullptr, "an extension that X.509 does not know");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

// A key and a certificate with everything but extensions and signature.
Identity draft(const std::string& name, Validity validity) {
    static long serial = 0;
    Identity made;
    made.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    made.certificate.reset(X509_new());
    auto* const certificate = made.certificate.get();
    X509_set_version(certificate, 2);  // which is version 3
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), static_cast<long>(validity.from.count()));
    X509_gmtime_adj(X509_getm_notAfter(certificate), static_cast<long>(validity.until.count()));
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return made;
}

}  // namespace

Identity make_authority(const std::string& name) {
    auto made = draft(name, {});
    auto* const certificate = made.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate, certificate, NID_subject_key_identifier, "hash");
    CHECK(X509_sign(certificate, made.key.get(), EVP_sha256()) != 0, "it cannot be signed");
    return made;
}

Identity issue(const Identity& authority, const std::string& name, Validity validity) {
    auto made = draft(name, validity);
    auto* const certificate = made.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(authority.certificate.get()));
    extend(certificate, authority.certificate.get(), NID_subject_alt_name, "DNS:" + name);
    CHECK(X509_sign(certificate, authority.key.get(), EVP_sha256()) != 0, "it cannot be signed");
    return made;
}

namespace {

std::unique_ptr<FILE, int (*)(FILE*)> open_to_write(const std::string& path) {
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "we"), std::fclose);
    CHECK(file != nullptr, "no place for a certificate");
    return file;
}

}  // namespace

void write_pem(const Identity& identity, const std::string& path) {
    const auto file = open_to_write(path);
    CHECK(PEM_write_X509(file.get(), identity.certificate.get()) == 1, "it cannot be written");
}

void write_key_pem(const Identity& identity, const std::string& path) {
    const auto file = open_to_write(path);
    CHECK(PEM_write_PrivateKey(file.get(), identity.key.get(), nullptr, nullptr, 0, nullptr,
                               nullptr) == 1,
          "it cannot be written");
}

}  // namespace outlay::tests
