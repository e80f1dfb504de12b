// Whole runs without a server: real sockets, both threads, the real clock.

#include "tools/call_load/run.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

Options quick() {
  Options options = options_for(true);
  options.calls = 30;
  options.rate = 100;
  options.hold = 300ms;
  options.quiet = true;
  options.rtp_ports = {24000, 29999};
  return options;
}

void check_clean(const RunResult& result, std::uint64_t calls) {
  CHECK(result.calls.attempted == calls);
  CHECK(result.calls.ok == calls);
  CHECK(result.is_clean());
  MediaTotals both = result.calls.caller_to_callee;
  both.add(result.calls.callee_to_caller);
  CHECK(both.lost == 0);
  CHECK(both.unheard == 0);
  CHECK(both.received == both.sent);
  CHECK(both.crossed + both.duplicated + both.reordered + both.unmarked == 0);
  CHECK(result.sip.malformed + result.sip.unexpected + result.sip.send_errors == 0);
  check_accounted(result.calls);
}

const auto kNeverStop = [] { return false; };

}  // namespace

TEST_CASE("calls against ourselves all succeed and lose no packet, however they are arranged") {
  struct Row {
    const char* name;
    void (*change)(Options&);
  };
  for (const Row& row :
       {Row{"two threads", [](Options&) {}}, Row{"one thread", [](Options& o) { o.threads = 1; }},
        Row{"shared RTP sockets", [](Options& o) { o.rtp_sockets = 3; }},
        Row{"a SIP socket for each phone", [](Options& o) { o.sip_sockets = 3; }},
        Row{"IPv6", [](Options& o) { o.bind = *core::parse_ip("::1"); }},
        Row{"10 ms of G.722",
            [](Options& o) {
              o.codec = o.callee_codec = Codec::kG722;
              o.ptime_ms = 10;
            }},
        Row{"hold", [](Options& o) {
              o.calls = 5;
              o.hold_every = 100ms;
              o.hold_for = 50ms;
            }}}) {
    CAPTURE(row.name);
    Options options = quick();
    row.change(options);
    const auto result = run(options, kNeverStop);
    REQUIRE(result.has_value());
    check_clean(*result, options.calls);
    CHECK(result->calls.caller_to_callee.sent > options.calls);
    CHECK(result->media.delay[0].count() > 0);
    CHECK(result->whole.end.has_value());
    CHECK(result->own_rss_kb > 0);
  }
}

TEST_CASE("without RTP nothing but SIP is sent") {
  Options options = quick();
  options.rtp = false;
  options.hold = {};
  const auto result = run(options, kNeverStop);
  REQUIRE(result.has_value());
  check_clean(*result, 30);
  CHECK(result->media.datagrams_sent == 0);
  CHECK(result->sip.sent == 30 * 6);  // INVITE 180 200 ACK BYE 200
}

TEST_CASE("a stop ends the run in order") {
  Options options = quick();
  options.calls = UINT64_MAX;
  options.hold = std::chrono::hours(1);
  int asked = 0;
  const auto result = run(options, [&] { return ++asked > 5; });
  REQUIRE(result.has_value());
  CHECK(result->is_stopped);
  // The last one may still have been ringing.
  CHECK(result->calls.ok + result->calls.cancelled == result->calls.attempted);
  CHECK(result->calls.ok > 0);
  CHECK(result->calls.failed == 0);
}

TEST_CASE("a server that cannot be watched or reached is told at once") {
  Options options = quick();
  options.cpu_of = 0x7fffffff;
  CHECK(run(options, kNeverStop).error().code == core::ErrorCode::kNotFound);
  options = quick();
  options.bind = *core::parse_ip("192.0.2.1");  // not ours
  CHECK(run(options, kNeverStop).error().code == core::ErrorCode::kUnavailable);
}

TEST_CASE("the server's CPU is reported for both windows") {
  Options options = quick();
  options.cpu_of = ::getpid();
  options.hold = {};
  options.rtp = false;
  options.calls = 100;
  const auto result = run(options, kNeverStop);
  REQUIRE(result.has_value());
  REQUIRE(result->steady.end.has_value());
  CHECK(result->steady.end->server.has_value());
  CHECK(result->whole.end->started == 100);
  CHECK(result->rss_peak_kb >= result->rss_before_kb);
}
