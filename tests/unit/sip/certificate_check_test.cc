#include "sip/certificate_check.h"

#include <doctest/doctest.h>

#include "tests/support/test_certificate.h"

namespace pbx::sip {
namespace {

using test::CertificateNames;
using test::make_certificate;

const ServerIdentity kByName{{"sip.example.com"}, *core::parse_ip("192.0.2.1")};
const ServerIdentity kByAddress{{}, *core::parse_ip("192.0.2.1")};
const ServerIdentity kByAddress6{{}, *core::parse_ip("2001:db8::1")};

struct Row {
  const ServerIdentity& wanted;
  CertificateNames names;
  bool is_his;
};

}  // namespace

TEST_CASE("which certificates are of the server that was wanted") {
  const auto key = test::make_key();
  for (const Row& row : {
           Row{kByName, {"DNS:sip.example.com"}, true},
           Row{kByName, {"DNS:SIP.Example.COM"}, true},
           Row{kByName, {"DNS:a.example.com,DNS:sip.example.com"}, true},
           Row{kByName, {"URI:sip:sip.example.com"}, true},
           Row{kByName, {"URI:sip:desk@sip.example.com"}, false},
           Row{kByName, {"URI:https://sip.example.com"}, false},
           Row{kByName, {"DNS:*.example.com"}, false},
           Row{kByName, {"DNS:example.com"}, false},
           Row{kByName, {"DNS:sip.example.com.evil.test"}, false},
           Row{kByName, {"IP:192.0.2.1"}, false},
           Row{kByName, {"", "sip.example.com"}, true},
           Row{kByName, {"", "*.example.com"}, false},
           Row{kByName, {"DNS:other.example.com", "sip.example.com"}, false},
           Row{kByName, {"IP:192.0.2.1", "sip.example.com"}, false},
           Row{kByAddress, {"IP:192.0.2.1"}, true},
           Row{kByAddress, {"DNS:sip.example.com,IP:192.0.2.9,IP:192.0.2.1"}, true},
           Row{kByAddress, {"DNS:192.0.2.1"}, true},
           Row{kByAddress, {"IP:192.0.2.2"}, false},
           Row{kByAddress, {"DNS:sip.example.com"}, false},
           Row{kByAddress, {"", "192.0.2.1"}, true},
           Row{kByAddress, {"DNS:sip.example.com", "192.0.2.1"}, false},
           Row{kByAddress6, {"IP:2001:db8::1"}, true},
           Row{kByAddress6, {"", "2001:DB8:0::1"}, true},
           Row{kByAddress6, {"IP:192.0.2.1"}, false},
       }) {
    CAPTURE(row.wanted.address.text());
    CAPTURE(row.names.alternatives);
    CAPTURE(row.names.common);
    const auto certificate = make_certificate(key.get(), row.names);
    CHECK(is_certificate_of(certificate.get(), row.wanted) == row.is_his);
  }
}

TEST_CASE("one of several names will do") {
  const auto key = test::make_key();
  const ServerIdentity wanted{{"sip.example.com", "edge.example.com"}, {}};
  const auto edge = make_certificate(key.get(), {"DNS:edge.example.com"});
  CHECK(is_certificate_of(edge.get(), wanted));
}

TEST_CASE("nobody in particular is nobody") {
  const auto key = test::make_key();
  const auto certificate = make_certificate(key.get(), {"DNS:sip.example.com,IP:192.0.2.1"});
  CHECK_FALSE(is_certificate_of(certificate.get(), {}));
  const auto nameless = make_certificate(key.get(), {"email:desk@example.com", ""});
  CHECK_FALSE(is_certificate_of(nameless.get(), kByName));
  CHECK(names_in(nameless.get()).empty());
}

TEST_CASE("a name with a zero in it is not the name before the zero") {
  const auto key = test::make_key();
  const auto certificate = make_certificate(key.get(), {});
  const std::string name("sip.example.com\0.evil.test", 26);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  CHECK_FALSE(is_certificate_of(certificate.get(), kByName));
  CHECK(names_in(certificate.get()) == "sip.example.com .evil.test");
}

TEST_CASE("the names are shown, a few of them") {
  const auto key = test::make_key();
  const auto shown = [&](CertificateNames names) {
    return names_in(make_certificate(key.get(), names).get());
  };
  CHECK(shown({"DNS:a.test,IP:192.0.2.1,URI:sip:b.test"}) == "a.test, 192.0.2.1, b.test");
  CHECK(shown({"", "common.test"}) == "common.test");
  CHECK(shown({"DNS:a,DNS:b,DNS:c,DNS:d,DNS:e"}) == "a, b, c, d, …");
}

}  // namespace pbx::sip
