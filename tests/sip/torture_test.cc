// The 49 messages of RFC 4475, sent to a live stack as an unknown telephone would: each is
// answered or dropped as the RFC says, and the stack lives on.  A well-formed request that needs
// an account is asked for its password (401).  Where the RFC leaves a choice, both are listed.
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/base/random.h"
#include "tests/sip/stack_fixture.h"
#include "tests/support/tls_peer.h"

using namespace pbx;
using namespace pbx::test;

namespace {

constexpr int kDropped = 0;

struct Row {
  const char* name;
  std::vector<int> allowed;  // kDropped: no answer
};

const Row kRows[] = {
    // 3.1.1 valid messages
    {"wsinv", {481}},              // it has a To tag, and no dialog of ours
    {"intmeth", {501, kDropped}},  // sofia takes its first line for no request
    {"esc01", {401}},
    {"escnull", {401}},
    {"esc02", {501}},
    {"lwsdisp", {200}},
    {"longreq", {401}},
    {"dblreq", {401}},
    {"semiuri", {200}},
    {"transports", {200}},
    {"mpart01", {401}},
    {"unreason", {kDropped}},
    {"noreason", {kDropped}},
    // 3.1.2 invalid messages
    {"badinv01", {400, kDropped}},  // without a Via that can be read nobody can be answered
    {"clerr", {400, kDropped}},
    {"ncl", {400}},
    {"scalar02", {400}},
    {"scalarlg", {kDropped}},
    {"quotbal", {400}},
    {"ltgtruri", {400}},
    {"lwsruri", {400, kDropped}},  // nta reads no request in it
    {"lwsstart", {400, 401}},      // a liberal element may read it
    {"trws", {400, 200}},
    {"escruri", {400, 401}},  // or ignore the header part
    {"baddate", {400, 401}},  // or ignore the Date
    {"regbadct", {400, 401}},
    {"badaspec", {400, 200}},  // or read the address all the same
    {"baddn", {400, 200}},
    {"badvers", {505, kDropped}},  // its Via has the unknown version too
    {"mismatch01", {400}},
    {"mismatch02", {400, 501}},
    {"bigcode", {kDropped}},
    // 3.2 transaction layer
    {"badbranch", {400, 200}},
    // 3.3 application layer
    {"insuf", {400}},
    {"unkscm", {416}},
    {"novelsc", {416}},
    {"unksm2", {400, 401}},
    {"bext01", {420}},
    {"invut", {415}},
    {"regaut01", {401}},
    {"multi01", {400}},
    {"mcl01", {400}},
    {"bcast", {kDropped}},
    {"zeromf", {483, 200}},
    {"cparam01", {401}},
    {"cparam02", {401}},
    {"regescrt", {401}},
    {"sdp01", {406}},
    // 3.4 backward compatibility
    {"inv2543", {401}},
};
static_assert(std::size(kRows) == 49);

std::string read(const char* name) {
  std::ifstream in(fmt::format("{}/tests/sip/torture/{}.dat", PBX_SOURCE_DIR, name),
                   std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Sends by the transport that the message's top Via names; the status of the answer.
int ask(const Exchange& exchange, const std::string& text) {
  const std::string head = text.substr(0, text.find("\r\n\r\n"));
  if (head.find("/TLS") < head.find("/UDP")) {
    TlsPeer peer(exchange.address(call::Transport::kTls));
    peer.send(text);
    return peer.receive().status();
  }
  const bool tcp = head.find("/TCP") < head.find("/UDP");
  SipPeer peer(tcp ? SipPeer::Kind::kTcp : SipPeer::Kind::kUdp,
               exchange.address(tcp ? call::Transport::kTcp : call::Transport::kUdp));
  peer.send(text);
  return peer.expect_final(1000ms).status();
}

bool is_alive(const Exchange& exchange) {
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  for (int n = 0; n < 20; ++n) {  // the socket may still be full of the flood
    peer.send("OPTIONS sip:x@strowger SIP/2.0\r\nVia: " + peer.via(fmt::format("alive{}", n)) +
              "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: alive\r\n"
              "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    if (peer.expect_final(500ms).status() == 200) return true;
  }
  return false;
}

struct TortureExchange {
  TlsFiles files;
  Exchange exchange;
  TortureExchange() : exchange(with_tls(files)) {}

  static std::shared_ptr<config::Config> with_tls(const TlsFiles& files) {
    auto config = tls_config(files);
    // A flood bans its source.
    config->profiles["phones"].guard.trusted = {*core::parse_ip_prefix("127.0.0.0/8")};
    return config;
  }
};

}  // namespace

TEST_CASE("each message of RFC 4475 gets what the RFC says") {
  TortureExchange torture;
  for (const Row& row : kRows) {
    const std::string text = read(row.name);
    const std::string name = row.name;
    CAPTURE(name);
    REQUIRE_FALSE(text.empty());
    const int status = ask(torture.exchange, text);
    CAPTURE(status);
    CHECK(std::find(row.allowed.begin(), row.allowed.end(), status) != row.allowed.end());
  }
  CHECK(is_alive(torture.exchange));
  CHECK(torture.exchange.counters().malformed > 10);
}

TEST_CASE("the name in the Via of a malformed request is not looked up") {
  TortureExchange torture;
  SipPeer peer(SipPeer::Kind::kUdp, torture.exchange.address());
  // The transport of the Via is not the one it came by, so nta does not put an address into it.
  peer.send(
      "OPTIONS sip:x@strowger SIP/2.0\r\nVia: SIP/2.0/TLS no-such-name.invalid;branch=z9hG4bKd\r\n"
      "From: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: dns\r\nCSeq: nonsense\r\n\r\n");
  peer.send("OPTIONS sip:x@strowger SIP/2.0\r\nVia: " + peer.via("after") +
            "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: after\r\nCSeq: 1 OPTIONS\r\n"
            "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
  CHECK(peer.expect_final(1000ms).status() == 200);
}

TEST_CASE("a flood of mangled messages is survived") {
  TortureExchange torture;
  core::Random random(4475);
  SipPeer peer(SipPeer::Kind::kUdp, torture.exchange.address());
  for (int n = 0; n < 3000; ++n) {
    std::string text = read(kRows[random.below(std::size(kRows))].name);
    for (std::uint64_t changes = 1 + random.below(8); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(20));
          break;
        default:
          text.insert(at, text.substr(random.below(text.size()), random.below(40)));
      }
    }
    peer.send(text);
  }
  CHECK(is_alive(torture.exchange));
}
