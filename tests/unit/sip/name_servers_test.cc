#include "sip/name_servers.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

std::vector<std::string> read(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& address : read_name_servers(text)) out.push_back(address.text());
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("name servers are read in their order") {
  CHECK(read("# written by hand\n"
             "search example.com\n"
             "  nameserver\t192.0.2.1  # the first\r\n"
             "nameserver 2001:db8::53\n"
             "options timeout:1\n"
             ";nameserver 192.0.2.9\n"
             "nameserver 192.0.2.2") == Texts{"192.0.2.1:53", "[2001:db8::53]:53", "192.0.2.2:53"});
}

TEST_CASE("a port may be named") {
  CHECK(read("nameserver 127.0.0.1:5353\nnameserver [::1]:5354\n") ==
        Texts{"127.0.0.1:5353", "[::1]:5354"});
}

TEST_CASE("what is no address is passed over") {
  CHECK(read("nameserver\nnameserver dns.example.com\nnameserver 127.0.0.1:0\n"
             "nameservers 192.0.2.7\nnameserver 192.0.2.1\n") == Texts{"192.0.2.1:53"});
}

TEST_CASE("without any the one on this machine is asked") {
  CHECK(read("") == Texts{"127.0.0.1:53"});
  CHECK(read("search example.com\n\n\n") == Texts{"127.0.0.1:53"});
}

TEST_CASE("no more than the bound are used") {
  std::string many;
  for (int i = 1; i < 10; ++i) many += "nameserver 192.0.2." + std::to_string(i) + "\n";
  CHECK(read(many).size() == kNameServersMax);
}

}  // namespace pbx::sip
