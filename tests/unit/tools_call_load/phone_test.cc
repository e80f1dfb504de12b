#include "tools/call_load/phone.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;

namespace {

std::string challenge_text(const std::string& extra) {
  return "SIP/2.0 407 Proxy Authentication Required\r\nVia: SIP/2.0/UDP a;branch=b\r\n"
         "From: <sip:a@b>\r\nTo: <sip:c@d>;tag=t\r\nCall-ID: x\r\nCSeq: 2 INVITE\r\n"
         "Proxy-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"n1\"" +
         extra + "\r\n\r\n";
}

}  // namespace

TEST_CASE("callers come first, sockets are shared within a role") {
  Options options = options_for(false);
  options.sip_sockets = 2;
  options.passwords = {{"101", "own"}};
  Phonebook phones(options);
  CHECK(phones.size() == 5);
  CHECK(phones.callers() == 2);
  CHECK(phones.callees() == 3);
  CHECK(phones[0].number == "100");
  CHECK(phones[0].password == "secret");
  CHECK(phones[1].password == "own");
  CHECK(phones.callee(0).number == "150");
  CHECK(Phonebook::sockets(options) == 4);
  for (std::uint32_t i = 0; i < phones.callers(); ++i) CHECK(phones[i].socket < 2);
  for (std::uint32_t i = 0; i < phones.callees(); ++i) CHECK(phones.callee(i).socket >= 2);
  CHECK(phones.callee(0).socket != phones.callee(1).socket);
}

TEST_CASE("a number in both roles is two phones") {
  Options options = options_for(false);
  options.callees = {"100"};
  Phonebook phones(options);
  REQUIRE(phones.find_callee("100") != nullptr);
  CHECK(phones.find_callee("100") != &phones[0]);
  CHECK(phones.find_callee("101") == nullptr);
}

TEST_CASE("a 407 is answered with Proxy-Authorization, once unless the nonce was stale") {
  Phone phone;
  phone.number = "100";
  phone.password = "secret";
  Authenticator logins(false, core::Random(1));
  const Authenticator::Target target{Method::kInvite, "sip:150@pbx.test"};
  const std::string fresh = challenge_text("");
  const std::string stale = challenge_text(", stale=true");
  const auto first = logins.answer(phone, *parse_sip(fresh), target, 0);
  REQUIRE(first.has_value());
  CHECK(first->starts_with("Proxy-Authorization: Digest username=\"100\""));
  CHECK(first->ends_with("\r\n"));
  CHECK_FALSE(logins.answer(phone, *parse_sip(fresh), target, 1).has_value());
  CHECK(logins.answer(phone, *parse_sip(stale), target, 1).has_value());
  CHECK_FALSE(
      logins.answer(phone, *parse_sip(stale), target, Authenticator::kLoginsMax).has_value());
  CHECK(logins.preempt(phone, target) == "");
}

TEST_CASE("with --reuse-nonce the last nonce is counted on") {
  Phone phone;
  phone.number = "100";
  phone.password = "secret";
  Authenticator logins(true, core::Random(1));
  const Authenticator::Target target{Method::kBye, "sip:150@pbx.test"};
  CHECK(logins.preempt(phone, target) == "");
  const std::string text = challenge_text("");
  const auto first = logins.answer(phone, *parse_sip(text), target, 0);
  REQUIRE(first.has_value());
  CHECK(first->find("nc=00000001") != std::string::npos);
  const std::string second = logins.preempt(phone, target);
  CHECK(second.starts_with("Proxy-Authorization: "));
  CHECK(second.find("nonce=\"n1\"") != std::string::npos);
  CHECK(second.find("nc=00000002") != std::string::npos);
  CHECK(logins.preempt(phone, target).find("nc=00000003") != std::string::npos);
}
