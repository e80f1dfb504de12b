#include "sip/guard.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant kStart{1h};

core::IpAddress ip(std::string_view text) { return core::parse_ip(text).value(); }

GuardOptions options() {
  GuardOptions out;
  out.limits = {3, 5, 4, 1};
  out.window = 60s;
  out.ban_time = 100s;
  out.ban_time_max = 350s;
  out.answer_delay = 1s;
  out.trusted = {core::parse_ip_prefix("10.0.0.0/8").value()};
  return out;
}

// Offends `times` and returns the last verdict.
GuardVerdict offend(Guard& guard, core::Instant now, std::string_view address, int times,
                    Offence offence = Offence::kFailure) {
  GuardVerdict out;
  for (int i = 0; i < times; ++i) out = guard.record(now, ip(address), offence);
  return out;
}

}  // namespace

TEST_CASE("wrong passwords are answered later and later, then the address is banned") {
  Guard guard(options());
  auto verdict = offend(guard, kStart, "192.0.2.1", 1);
  CHECK(verdict.delay == 1s);
  CHECK_FALSE(verdict.banned);
  CHECK(offend(guard, kStart, "192.0.2.1", 1).delay == 2s);
  CHECK_FALSE(guard.is_banned(kStart, ip("192.0.2.1")));
  verdict = offend(guard, kStart, "192.0.2.1", 1);
  CHECK(verdict.banned);
  CHECK(verdict.until == kStart + 100s);
  CHECK(guard.is_banned(kStart, ip("192.0.2.1")));
  CHECK_FALSE(guard.is_banned(kStart, ip("192.0.2.2")));
  CHECK(guard.is_banned(kStart + 99s, ip("192.0.2.1")));
  CHECK_FALSE(guard.is_banned(kStart + 100s, ip("192.0.2.1")));
}

TEST_CASE("the delay is bounded") {
  auto many = options();
  many.limits[0] = 0;
  Guard guard(many);
  CHECK(offend(guard, kStart, "192.0.2.1", 1000).delay == 1s * Guard::kDelaysMax);
  CHECK_FALSE(guard.is_banned(kStart, ip("192.0.2.1")));
}

TEST_CASE("each offence has its own limit, and only failures are slowed") {
  Guard guard(options());
  const auto challenged = offend(guard, kStart, "192.0.2.1", 4, Offence::kUnauthenticated);
  CHECK(challenged.delay == 0s);
  CHECK_FALSE(challenged.banned);
  CHECK_FALSE(offend(guard, kStart, "192.0.2.1", 3, Offence::kMalformed).banned);
  CHECK_FALSE(offend(guard, kStart, "192.0.2.1", 2).banned);
  CHECK(offend(guard, kStart, "192.0.2.1", 1, Offence::kMalformed).banned);
  CHECK(guard.list(kStart).at(0).offence == Offence::kMalformed);
}

TEST_CASE("who is asked for a password and never gives one is banned after a while") {
  Guard guard(options());
  CHECK_FALSE(offend(guard, kStart, "192.0.2.1", 500, Offence::kUnauthenticated).banned);
  CHECK_FALSE(offend(guard, kStart + 9s, "192.0.2.1", 1, Offence::kUnauthenticated).banned);
  CHECK(offend(guard, kStart + 10s, "192.0.2.1", 1, Offence::kUnauthenticated).banned);
  CHECK(reason_of(guard.list(kStart + 10s).at(0)) == "no password given");
}

TEST_CASE("many telephones at one address that are asked at once and answer are not banned") {
  Guard guard(options());
  for (int second = 0; second < 120; ++second) {
    CHECK_FALSE(
        offend(guard, kStart + second * 1s, "192.0.2.1", 400, Offence::kUnauthenticated).banned);
    if (second % 8 == 7) guard.record_success(ip("192.0.2.1"));
  }
}

TEST_CASE("a short window shortens the time to answer") {
  auto quick = options();
  quick.window = 4s;
  Guard guard(quick);
  CHECK_FALSE(offend(guard, kStart, "192.0.2.1", 9, Offence::kUnauthenticated).banned);
  CHECK(offend(guard, kStart + 2s, "192.0.2.1", 1, Offence::kUnauthenticated).banned);
}

TEST_CASE("a scanner is banned at its first word, and its name is kept in print") {
  Guard guard(options());
  const auto verdict =
      guard.record(kStart, ip("192.0.2.1"), Offence::kScanner, "friendly-\x1bscanner 1.0");
  CHECK(verdict.banned);
  CHECK(verdict.delay == 0s);
  const Suspect suspect = guard.list(kStart).at(0);
  CHECK(suspect.agent == "friendly-?scanner 1.0");
  CHECK(reason_of(suspect) == "scanner friendly-?scanner 1.0");
  guard.record(kStart, ip("192.0.2.2"), Offence::kScanner, std::string(1000, 'x'));
  CHECK(guard.list(kStart).at(1).agent.size() == kAgentMax);
  // The next ban, for another reason, does not keep it.
  offend(guard, kStart + 100s, "192.0.2.1", 3);
  CHECK(reason_of(guard.list(kStart + 100s).at(0)) == "wrong passwords");
  CHECK(guard.record(kStart, ip("10.1.2.3"), Offence::kScanner, "sipcli").banned == false);
}

TEST_CASE("each reason of a ban has its words") {
  Suspect suspect;
  suspect.offence = Offence::kMalformed;
  CHECK(reason_of(suspect) == "unreadable messages");
  suspect.offence = Offence::kScanner;
  CHECK(reason_of(suspect) == "scanner");
}

TEST_CASE("offences count within a window only") {
  Guard guard(options());
  offend(guard, kStart, "192.0.2.1", 2);
  CHECK_FALSE(offend(guard, kStart + 60s, "192.0.2.1", 2).banned);
  CHECK(offend(guard, kStart + 119s, "192.0.2.1", 1).banned);
}

TEST_CASE("every further ban is twice as long, up to the longest, and quiet is rewarded") {
  Guard guard(options());
  auto now = kStart;
  for (const auto expected : {100s, 200s, 350s, 350s}) {
    const auto verdict = offend(guard, now, "192.0.2.1", 3);
    CHECK(verdict.until == now + expected);
    now = verdict.until;
  }
  CHECK(offend(guard, now + 351s, "192.0.2.1", 3).until == now + 351s + 100s);
}

TEST_CASE("trusted prefixes are never counted") {
  Guard guard(options());
  const auto verdict = offend(guard, kStart, "10.1.2.3", 100);
  CHECK(verdict.delay == 0s);
  CHECK_FALSE(verdict.banned);
  CHECK(guard.size() == 0);
  // Trust that comes later lets a banned address in.
  offend(guard, kStart, "192.0.2.1", 3);
  auto more = options();
  more.trusted.push_back(core::parse_ip_prefix("192.0.2.0/24").value());
  guard.set_options(more);
  CHECK_FALSE(guard.is_banned(kStart, ip("192.0.2.1")));
}

TEST_CASE("success forgets failures but not rubbish") {
  Guard guard(options());
  offend(guard, kStart, "192.0.2.1", 2);
  guard.record_success(ip("192.0.2.1"));
  CHECK(guard.size() == 0);
  CHECK_FALSE(offend(guard, kStart, "192.0.2.1", 2).banned);
  offend(guard, kStart, "192.0.2.1", 3, Offence::kMalformed);
  guard.record_success(ip("192.0.2.1"));
  CHECK(guard.size() == 1);
  CHECK_FALSE(offend(guard, kStart, "192.0.2.1", 2).banned);
  CHECK(offend(guard, kStart, "192.0.2.1", 1, Offence::kMalformed).banned);
  guard.record_success(ip("192.0.2.99"));
}

TEST_CASE("an IPv6 customer is one address") {
  Guard guard(options());
  offend(guard, kStart, "2001:db8:0:1::1", 1);
  offend(guard, kStart, "2001:db8:0:1::2", 1);
  CHECK(offend(guard, kStart, "2001:db8:0:1:ffff::3", 1).banned);
  CHECK(guard.is_banned(kStart, ip("2001:db8:0:1::4")));
  CHECK_FALSE(guard.is_banned(kStart, ip("2001:db8:0:2::1")));
  CHECK(guard.list(kStart).at(0).address == ip("2001:db8:0:1::"));
}

TEST_CASE("bans and failures are listed by address and can be lifted") {
  Guard guard(options());
  offend(guard, kStart, "192.0.2.9", 3);
  offend(guard, kStart, "192.0.2.1", 3);
  offend(guard, kStart, "192.0.2.5", 1);
  const auto suspects = guard.list(kStart);
  REQUIRE(suspects.size() == 3);
  CHECK(suspects[0] == Suspect{ip("192.0.2.1"), 0, kStart + 100s, Offence::kFailure, 1, {}});
  CHECK(suspects[1] == Suspect{ip("192.0.2.5"), 1, std::nullopt, Offence::kFailure, 0, {}});
  CHECK(suspects[2].address == ip("192.0.2.9"));
  CHECK(guard.list(kStart + 100s).empty());
  CHECK(guard.lift(ip("192.0.2.1")));
  CHECK_FALSE(guard.lift(ip("192.0.2.1")));
  CHECK_FALSE(guard.is_banned(kStart, ip("192.0.2.1")));
}

TEST_CASE("addresses are forgotten when their time is over") {
  Guard guard(options());
  offend(guard, kStart, "192.0.2.1", 1);
  offend(guard, kStart, "192.0.2.2", 3);  // kept for 100 s of ban and 350 s of memory
  CHECK(guard.size() == 2);
  offend(guard, kStart + 61s, "192.0.2.3", 1);
  CHECK(guard.size() == 2);
  offend(guard, kStart + 451s, "192.0.2.4", 1);
  CHECK(guard.size() == 1);
}

TEST_CASE("a full table keeps the bans and loses the least of the others") {
  auto small = options();
  small.addresses_max = 3;
  Guard guard(small);
  offend(guard, kStart, "192.0.2.1", 3);
  offend(guard, kStart + 1s, "192.0.2.2", 1);
  offend(guard, kStart + 2s, "192.0.2.3", 2);
  offend(guard, kStart + 3s, "192.0.2.4", 1);
  CHECK(guard.size() == 3);
  CHECK(guard.is_banned(kStart + 3s, ip("192.0.2.1")));
  CHECK(offend(guard, kStart + 4s, "192.0.2.3", 1).banned);  // still counted
  for (int i = 10; i < 100; ++i) offend(guard, kStart + 5s, "198.51.100." + std::to_string(i), 1);
  CHECK(guard.size() == 3);
  const auto suspects = guard.list(kStart + 5s);
  CHECK(std::count_if(suspects.begin(), suspects.end(),
                      [](const Suspect& one) { return one.banned_until.has_value(); }) == 2);
}

}  // namespace pbx::sip
