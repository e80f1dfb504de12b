#include "tools/call_load/sip_message.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/random.h"

using namespace pbx;
using namespace pbx::call_load;

namespace {

const std::string kInvite =
    "INVITE sip:150@192.0.2.1:5101;ob SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKtop;rport, SIP/2.0/UDP "
    "192.0.2.8;branch=z9hG4bKlow\r\n"
    "Record-Route: <sip:192.0.2.9;lr>\r\n"
    "v: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKlast\r\n"
    "Max-Forwards: 70\r\n"
    "f: \"Bell; \\\"A, G\" <sip:100@pbx.test;x=y>;tag=abc\r\n"
    "TO:<sip:150@pbx.test>\r\n"
    "i: call-1@192.0.2.9\r\n"
    "CSeq:  17   INVITE\r\n"
    "m: <sip:100@192.0.2.9:5070>\r\n"
    "k: timer,\r\n\t100rel\r\n"
    "X-Call-Load: 42\r\n"
    "Content-Type: application/sdp\r\n"
    "l: 3\r\n"
    "\r\n"
    "v=0\r\n";

std::string without(std::string text, const std::string& line) {
  const auto at = text.find(line);
  REQUIRE(at != std::string::npos);
  return text.erase(at, text.find("\r\n", at) + 2 - at);
}

}  // namespace

TEST_CASE("a request is read with compact names, folded lines and several values in a line") {
  const auto message = parse_sip(kInvite);
  REQUIRE(message.has_value());
  CHECK(message->is_request());
  CHECK(message->method == Method::kInvite);
  CHECK(message->uri == "sip:150@192.0.2.1:5101;ob");
  CHECK(message->via.values().size() == 2);
  CHECK(message->branch() == "z9hG4bKtop");
  CHECK(message->from_tag() == "abc");
  CHECK(message->to_tag() == "");
  CHECK(message->cseq == 17);
  CHECK((*message)[Header::kCallId] == "call-1@192.0.2.9");
  CHECK((*message)[Header::kContact] == "<sip:100@192.0.2.9:5070>");
  CHECK(has_token((*message)[Header::kSupported], "100rel"));
  CHECK((*message)[Header::kCallLoad] == "42");
  CHECK(message->record_route.values().size() == 1);
  CHECK(message->body == "v=0");
}

TEST_CASE("a response is read with its challenges in order") {
  const auto message = parse_sip(
      "SIP/2.0 407 Proxy Authentication Required\r\nVia: SIP/2.0/UDP a;branch=b\r\nFrom: "
      "<sip:a@b>\r\n"
      "To: <sip:c@d>;tag=t\r\nCall-ID: x\r\nCSeq: 2 INVITE\r\nProxy-Authenticate: Digest "
      "nonce=1\r\n"
      "Proxy-Authenticate: Digest nonce=2\r\nRetry-After: 5\r\n\r\n");
  REQUIRE(message.has_value());
  CHECK_FALSE(message->is_request());
  CHECK(message->status == 407);
  CHECK(message->method == Method::kInvite);
  CHECK(message->challenges.values().size() == 2);
  CHECK(message->challenges.values()[0] == "Digest nonce=1");
  CHECK((*message)[Header::kRetryAfter] == "5");
  CHECK(message->to_tag() == "t");
}

TEST_CASE("lines may end without CR") {
  std::string text = kInvite;
  std::erase(text, '\r');
  CHECK(parse_sip(text).has_value());
}

TEST_CASE("what cannot be matched or answered is refused") {
  for (const char* needed : {"f:", "TO:", "i:", "CSeq:"}) {
    CAPTURE(needed);
    CHECK_FALSE(parse_sip(without(kInvite, needed)).has_value());
  }
  CHECK_FALSE(parse_sip(without(without(kInvite, "Via:"), "v: SIP")).has_value());
  for (const char* text :
       {"", "\r\n\r\n", "INVITE", "INVITE sip:a SIP/2.0", "INVITE sip:a SIP/3.0\r\n\r\n",
        "SIP/2.0 99 Low\r\n\r\n", "SIP/2.0 700 High\r\n\r\n", "SIP/2.0 abc X\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n", "INVITE  SIP/2.0\r\n\r\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_sip(text).has_value());
  }
  std::string text = kInvite;
  CHECK_FALSE(parse_sip(text.replace(text.find("l: 3"), 4, "l: 9")).has_value());
  text = kInvite;
  CHECK_FALSE(parse_sip(text.replace(text.find("17   INVITE"), 11, "17   BYE   ")).has_value());
  text = kInvite;
  CHECK_FALSE(parse_sip(text.replace(text.find("17   INVITE"), 11, "5000000000 B")).has_value());
  text = kInvite;
  CHECK_FALSE(parse_sip(text.replace(text.find("Max-Forwards:"), 13, "Max-Forwards ")).has_value());
}

TEST_CASE("more headers or values than the bounds are refused") {
  std::string many;
  for (std::size_t i = 0; i < SipMessage::kHeadersMax; ++i) many += "X: y\r\n";
  std::string text = kInvite;
  CHECK_FALSE(parse_sip(text.insert(text.find("Via:"), many)).has_value());
  many.clear();
  for (std::size_t i = 0; i < HeaderList::kListMax; ++i) many += "Via: SIP/2.0/UDP h\r\n";
  text = kInvite;
  CHECK_FALSE(parse_sip(text.insert(text.find("Via:"), many)).has_value());
}

TEST_CASE("parameters are found outside of quotes and angle brackets only") {
  struct Row {
    const char* value;
    const char* name;
    const char* found;  // nullptr: not there
  };
  for (const Row& row : {
           Row{"<sip:a@b;tag=in>;tag=out", "tag", "out"},
           Row{"\"x;tag=q\" <sip:a@b>;Tag = out ;z", "tag", "out"},
           Row{"sip:a@b;tag=bare", "tag", "bare"},
           Row{"<sip:a@b>;lr;x=1", "lr", ""},
           Row{"<sip:a@b>;lr;x=1", "x", "1"},
           Row{"<sip:a@b>;tagged=1", "tag", nullptr},
           Row{"<sip:a@b>", "tag", nullptr},
           Row{"", "tag", nullptr},
           Row{"\"open <sip:a@b>;tag=1", "tag", nullptr},
           Row{"<sip:a@b>;expires=60,<sip:c@d>;q=1", "q", nullptr},
           Row{"<sip:a@b>;x=\"a;tag=no\";tag=yes", "tag", "yes"},
       }) {
    CAPTURE(row.value);
    const auto found = header_param(row.value, row.name);
    CHECK(found.has_value() == (row.found != nullptr));
    if (found && row.found != nullptr) CHECK(*found == row.found);
  }
}

TEST_CASE("the URI of a header value, its user and its address") {
  CHECK(uri_of("\"A <x>\" <sip:100@h>;tag=1") == "sip:100@h");
  CHECK(uri_of("sip:100@h;tag=1") == "sip:100@h");
  CHECK(uri_of("<sip:100@h") == "sip:100@h");
  CHECK(user_of("sip:100@h") == "100");
  CHECK(user_of("sip:100;phone-context=+1:pw@h:5060") == "100");
  CHECK(user_of("sip:h") == "");
  CHECK(user_of("nonsense") == "");
  struct Row {
    const char* uri;
    const char* address;  // "" if it is none
  };
  for (const Row& row :
       {Row{"sip:150@192.0.2.1:5070;lr", "192.0.2.1:5070"}, Row{"sip:192.0.2.1", "192.0.2.1:5060"},
        Row{"sip:150@[2001:db8::1]:5070", "[2001:db8::1]:5070"},
        Row{"sip:[2001:db8::1];lr", "[2001:db8::1]:5060"}, Row{"sip:150@pbx.test:5060", ""},
        Row{"sip:192.0.2.1:99999", ""}, Row{"192.0.2.1", ""}, Row{"", ""}}) {
    CAPTURE(row.uri);
    const auto address = address_of(row.uri);
    CHECK((address ? address->text() : "") == row.address);
  }
}

TEST_CASE("values of a list are taken one after another") {
  std::string_view rest = "<sip:a;x=1,2>, \"q, r\" <sip:b> ,<sip:c>";
  CHECK(take_value(rest) == "<sip:a;x=1,2>");
  CHECK(take_value(rest) == "\"q, r\" <sip:b>");
  CHECK(take_value(rest) == "<sip:c>");
  CHECK(take_value(rest) == std::nullopt);
  CHECK_FALSE(has_token("timer, 100relay", "100rel"));
  CHECK(has_token("100REL", "100rel"));
  CHECK_FALSE(has_token("", "100rel"));
}

TEST_CASE("damaged messages are read or refused, and views stay inside") {
  core::Random random(7);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = kInvite;
    for (std::uint64_t i = random.below(4); i < 4; ++i)
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    text.resize(random.below(8) == 0 ? random.below(text.size()) : text.size());
    const auto message = parse_sip(text);
    if (!message) {
      ++refused;
      continue;
    }
    const auto is_inside = [&](std::string_view view) {
      return view.empty() ||
             (view.data() >= text.data() && view.data() + view.size() <= text.data() + text.size());
    };
    REQUIRE(is_inside(message->branch()));
    REQUIRE(is_inside(message->from_tag()));
    REQUIRE(is_inside(message->body));
    REQUIRE(is_inside(uri_of((*message)[Header::kContact])));
    static_cast<void>(address_of(uri_of((*message)[Header::kContact])));
  }
  CHECK(refused > 100);
}
