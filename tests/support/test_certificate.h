// tests/support/test_certificate.h — certificates made for a test, each signed by itself.

#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace pbx::test {

using TestKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using TestCertificate = std::unique_ptr<X509, decltype(&X509_free)>;

struct CertificateNames {
  std::string alternatives;  // "DNS:sip.example.test,IP:127.0.0.1"; "" for none
  std::string common = "test";
};

inline TestKey make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

inline TestCertificate make_certificate(EVP_PKEY* key, const CertificateNames& names) {
  TestCertificate made(X509_new(), X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
  X509_set_pubkey(made.get(), key);
  X509_NAME* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(names.common.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(made.get(), name);
  if (!names.alternatives.empty()) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> alternatives(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.alternatives.c_str()),
        X509_EXTENSION_free);
    X509_add_ext(made.get(), alternatives.get(), -1);
  }
  X509_sign(made.get(), key, EVP_sha256());
  return made;
}

}  // namespace pbx::test
