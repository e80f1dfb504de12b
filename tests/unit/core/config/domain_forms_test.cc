#include "core/config/domain_forms.h"

#include <doctest/doctest.h>

using namespace pbx::config;

TEST_CASE("a host is a name or an address, in lower case") {
  CHECK(HostForm{}.read("North.Example.COM").value() == "north.example.com");
  CHECK(HostForm{}.read("192.0.2.10").value() == "192.0.2.10");
  CHECK(HostForm{}.read("[2001:DB8:0::1]").value() == "[2001:db8::1]");
  CHECK_FALSE(HostForm{}.read("2001:db8::1").has_value());
  CHECK_FALSE(HostForm{}.read("[nonsense]").has_value());
  CHECK_FALSE(HostForm{}.read("a b").has_value());
  CHECK_FALSE(HostForm{}.read("").has_value());
}

TEST_CASE("house is the word for no domain") {
  CHECK(DomainForm{}.read("house").value().empty());
  CHECK(DomainForm{}.read("north").value() == "north");
  CHECK_FALSE(DomainForm{}.read("").has_value());
  CHECK(DomainForm{}.write("") == "house");
  CHECK(DomainForm{}.write("north") == "north");
}
