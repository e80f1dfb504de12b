#include "sip/trace.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace pbx;
using namespace pbx::sip;

namespace {

TraceMessage message(std::string text) {
  return {{}, true, {}, call::Transport::kUdp, std::move(text)};
}

}  // namespace

TEST_CASE("a leg's messages are kept in order") {
  Trace trace;
  trace.record(core::LegId{1}, message("one"));
  trace.record(core::LegId{1}, message("two"));
  trace.record(core::LegId{2}, message("other"));
  const auto found = trace.messages(core::LegId{1});
  REQUIRE(found.size() == 2);
  CHECK(found[0].text == "one");
  CHECK(found[1].text == "two");
  CHECK(trace.messages(core::LegId{3}).empty());
}

TEST_CASE("passwords and keys never enter") {
  Trace trace;
  trace.record(core::LegId{1},
               message("Authorization: Digest username=\"a\", response=\"abcdef\", nc=1\r\n"
                       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRETKEY|2^31\r\n"));
  const std::string text = trace.messages(core::LegId{1})[0].text;
  CHECK(text.find("abcdef") == std::string::npos);
  CHECK(text.find("SECRETKEY") == std::string::npos);
  CHECK(text.find("username=\"a\"") != std::string::npos);
  CHECK(text.find("|2^31") != std::string::npos);
}

TEST_CASE("of a long leg the beginning and the latest are kept") {
  Trace trace;
  for (std::size_t n = 0; n < 3 * kTraceMessagesMax; ++n)
    trace.record(core::LegId{1}, message(fmt::format("{}", n)));
  const auto found = trace.messages(core::LegId{1});
  REQUIRE(found.size() == kTraceMessagesMax);
  CHECK(found.front().text == "0");
  CHECK(found.back().text == fmt::format("{}", 3 * kTraceMessagesMax - 1));
  CHECK(trace.dropped() == 2 * kTraceMessagesMax);
}

TEST_CASE("ended legs make room for new ones, living ones do not") {
  Trace trace;
  const std::string big(1 << 20, 'x');
  for (std::uint64_t leg = 1; leg <= 64; ++leg) trace.record(core::LegId{leg}, message(big));
  trace.record(core::LegId{100}, message(big));
  CHECK(trace.messages(core::LegId{100}).empty());
  trace.leg_ended(core::LegId{1});
  trace.record(core::LegId{100}, message(big));
  CHECK(trace.messages(core::LegId{1}).empty());
  CHECK(trace.messages(core::LegId{100}).size() == 1);
  CHECK(trace.bytes() <= kTraceBytesMax);
}
