#include "core/call/messages.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;

namespace {

call::MessageReceived message(const std::string& to) {
  return {{7}, {1}, {"100", "A"}, {}, to, "text/plain", "hello"};
}

}  // namespace

TEST_CASE("a message goes to every contact; the first that takes it decides") {
  ControlFixture fixture;
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  fixture.apply(message("101"));
  const auto sent = fixture.sip<call::SipMessage>();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].body == "hello");
  fixture.apply(call::MessageSent{sent[0].request, 480});
  CHECK(fixture.sip<call::SipMessageReply>().empty());
  fixture.apply(call::MessageSent{sent[1].request, 200});
  CHECK(fixture.sip<call::SipMessageReply>().at(0).status == 200);
}

TEST_CASE("a message to nobody or to a phone that is away is refused with its reason") {
  ControlFixture fixture;
  fixture.apply(message("999"));
  fixture.apply(message("102"));
  const auto replies = fixture.sip<call::SipMessageReply>();
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].status == 404);
  CHECK(replies[1].status == 480);
}
