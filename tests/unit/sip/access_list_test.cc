#include "sip/access_list.h"

#include <string_view>

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

std::vector<core::IpPrefix> prefixes(std::initializer_list<std::string_view> texts) {
  std::vector<core::IpPrefix> out;
  for (const std::string_view text : texts) out.push_back(core::parse_ip_prefix(text).value());
  return out;
}

bool allows(const AccessList& list, std::string_view ip) {
  return list.allows(core::parse_ip(ip).value());
}

}  // namespace

TEST_CASE("without lists everybody is allowed") {
  CHECK(AccessList().allows_all());
  const AccessList list({}, {});
  CHECK(list.allows_all());
  CHECK(allows(list, "192.0.2.1"));
  CHECK(allows(list, "2001:db8::1"));
}

TEST_CASE("only those allowed are, if any are named") {
  const AccessList list(prefixes({"192.0.2.0/24", "2001:db8::/32"}), {});
  CHECK_FALSE(list.allows_all());
  CHECK(allows(list, "192.0.2.255"));
  CHECK_FALSE(allows(list, "192.0.3.0"));
  CHECK(allows(list, "2001:db8:1::1"));
  CHECK_FALSE(allows(list, "2001:db9::1"));
}

TEST_CASE("with denied ones alone all others are allowed") {
  const AccessList list({}, prefixes({"192.0.2.0/24"}));
  CHECK_FALSE(allows(list, "192.0.2.1"));
  CHECK(allows(list, "192.0.3.1"));
  CHECK(allows(list, "::1"));
}

TEST_CASE("the longest prefix decides, and deny where both are as long") {
  const AccessList list(prefixes({"10.0.0.0/8", "10.1.2.0/24", "10.9.0.0/16"}),
                        prefixes({"10.1.0.0/16", "10.1.2.3/32", "10.9.0.0/16"}));
  CHECK(allows(list, "10.2.0.1"));
  CHECK_FALSE(allows(list, "10.1.0.1"));
  CHECK(allows(list, "10.1.2.4"));
  CHECK_FALSE(allows(list, "10.1.2.3"));
  CHECK_FALSE(allows(list, "10.9.0.1"));
  CHECK_FALSE(allows(list, "192.0.2.1"));
}

TEST_CASE("a prefix of one family holds nothing of the other") {
  const AccessList list({}, prefixes({"0.0.0.0/0"}));
  CHECK_FALSE(allows(list, "192.0.2.1"));
  CHECK(allows(list, "2001:db8::1"));
}

}  // namespace pbx::sip
