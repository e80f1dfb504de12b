// sip/certificate_check.h — whether a certificate is of the server that we wanted (RFC 5922
// section 7).
//
// Pure.  That an authority vouches for it has been checked by OpenSSL before.

#pragma once

#include <string>
#include <vector>

#include "core/base/net.h"

struct x509_st;

namespace pbx::sip {

// Whom we wanted: one of `names`, or whoever is at `address` if there are none.
struct ServerIdentity {
  std::vector<std::string> names;
  core::IpAddress address;
};

// What counts:
//   - of a name a DNS name or a SIP URI without user ("sip:example.com") among the subject's
//     alternative names.  Wildcards do not (RFC 5922 7.2).
//   - of an address an IP address among them, or an address written as a DNS name.
//   - of both the common name, in a certificate without any alternative name (RFC 5922 7.1).
[[nodiscard]] bool is_certificate_of(x509_st* certificate, const ServerIdentity& wanted);

inline constexpr std::size_t kNamesShownMax = 4;

// The names in it, for people: "sip.example.com, *.example.com, 192.0.2.1".
[[nodiscard]] std::string names_in(x509_st* certificate);

}  // namespace pbx::sip
