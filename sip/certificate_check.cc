#include "sip/certificate_check.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "core/base/text.h"
#include "sip/text.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

Names alternatives_of(X509* certificate) {
  return {static_cast<GENERAL_NAMES*>(
              X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
          GENERAL_NAMES_free};
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

core::IpAddress address_of(const ASN1_STRING* octets) {
  const int size = ASN1_STRING_length(octets);
  core::IpAddress ip;
  if (size != 4 && size != 16) return ip;
  ip.family = size == 4 ? core::IpFamily::kV4 : core::IpFamily::kV6;
  std::copy_n(ASN1_STRING_get0_data(octets), size, ip.bytes.begin());
  return ip;
}

// The last one: the most specific (RFC 6125 2.3.1).
std::string common_name(X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) last = at;
  const X509_NAME_ENTRY* entry = last < 0 ? nullptr : X509_NAME_get_entry(subject, last);
  return entry ? text_of(X509_NAME_ENTRY_get_data(entry)) : std::string();
}

// "" unless it is a SIP URI of a whole domain.
std::string domain_of_uri(const std::string& text) {
  const auto uri = parse_uri(text);
  return uri && uri->scheme == Uri::Scheme::kSip && uri->user.empty() ? uri->host : std::string();
}

// What an alternative name says of a server, as text; "" if it is of another kind.
std::string alternative_text(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return text_of(name.d.dNSName);
    case GEN_URI:
      return domain_of_uri(text_of(name.d.uniformResourceIdentifier));
    case GEN_IPADD:
      return address_of(name.d.iPAddress).text();
    default:
      return {};
  }
}

// All that speak of a server, or the common name where no alternatives are.
std::vector<std::string> said_names(X509* certificate) {
  std::vector<std::string> said;
  if (X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0)
    said.push_back(common_name(certificate));
  const Names names = alternatives_of(certificate);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
    said.push_back(alternative_text(*sk_GENERAL_NAME_value(names.get(), i)));
  std::erase(said, "");
  return said;
}

bool is_same_address(const std::string& said, const core::IpAddress& wanted) {
  const auto ip = core::parse_ip(said);
  return ip && *ip == wanted;
}

}  // namespace

bool is_certificate_of(x509_st* certificate, const ServerIdentity& wanted) {
  const std::vector<std::string> said = said_names(certificate);
  return std::any_of(said.begin(), said.end(), [&](const std::string& name) {
    if (wanted.names.empty()) return is_same_address(name, wanted.address);
    // No host bears the name "*.example.com": a wildcard is equal to none.
    return std::any_of(wanted.names.begin(), wanted.names.end(),
                       [&](const std::string& one) { return core::equals_nocase(one, name); });
  });
}

std::string names_in(x509_st* certificate) {
  const std::vector<std::string> said = said_names(certificate);
  std::string text;
  for (std::size_t i = 0; i < said.size() && i < kNamesShownMax; ++i)
    text.append(i == 0 ? "" : ", ").append(said[i]);
  if (said.size() > kNamesShownMax) text += ", …";
  // It goes to logs and comes from outside.
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return text;
}

}  // namespace pbx::sip
