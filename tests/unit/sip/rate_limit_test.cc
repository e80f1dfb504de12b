#include "sip/rate_limit.h"

#include <string>

#include <fmt/format.h>

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant kStart{1h};
constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;

core::IpAddress ip(std::string_view text) { return core::parse_ip(text).value(); }

// How many of `times` pass.
int passed(RateLimit& limit, core::Instant now, std::string_view address, int times) {
  int out = 0;
  for (int i = 0; i < times; ++i) out += limit.take(now, ip(address)) == RateVerdict::kPass;
  return out;
}

}  // namespace

TEST_CASE("a source may send one second's worth at once and then at its pace") {
  RateLimit limit({10, 0}, kSeed);
  CHECK(passed(limit, kStart, "192.0.2.1", 50) == 10);
  CHECK(limit.take(kStart, ip("192.0.2.1")) == RateVerdict::kSourceTooFast);
  CHECK(passed(limit, kStart + 99ms, "192.0.2.1", 5) == 0);
  CHECK(passed(limit, kStart + 100ms, "192.0.2.1", 5) == 1);
  CHECK(passed(limit, kStart + 600ms, "192.0.2.1", 50) == 5);
  CHECK(passed(limit, kStart + 1h, "192.0.2.1", 50) == 10);
}

TEST_CASE("sources do not hinder one another") {
  RateLimit limit({10, 0}, kSeed);
  CHECK(passed(limit, kStart, "192.0.2.1", 1000) == 10);
  CHECK(passed(limit, kStart, "192.0.2.2", 10) == 10);
  CHECK(passed(limit, kStart, "2001:db8::1", 10) == 10);
}

TEST_CASE("an IPv6 customer is one source") {
  RateLimit limit({10, 0}, kSeed);
  CHECK(passed(limit, kStart, "2001:db8:0:1::1", 8) == 8);
  CHECK(passed(limit, kStart, "2001:db8:0:1:2::", 8) == 2);
  CHECK(passed(limit, kStart, "2001:db8:0:2::1", 8) == 8);
}

TEST_CASE("all together have a limit, which one that is too fast does not use up") {
  RateLimit limit({10, 25}, kSeed);
  CHECK(passed(limit, kStart, "192.0.2.1", 1000) == 10);
  CHECK(passed(limit, kStart, "192.0.2.2", 10) == 10);
  CHECK(passed(limit, kStart, "192.0.2.3", 5) == 5);
  CHECK(limit.take(kStart, ip("192.0.2.3")) == RateVerdict::kAllTooFast);
  CHECK(limit.take(kStart, ip("192.0.2.4")) == RateVerdict::kAllTooFast);
  CHECK(passed(limit, kStart + 200ms, "192.0.2.4", 50) == 5);
}

TEST_CASE("a limit of 0 is none, and limits change at once") {
  RateLimit limit({0, 0}, kSeed);
  CHECK(passed(limit, kStart, "192.0.2.1", 10'000) == 10'000);
  limit.set_options({10, 0});
  CHECK(passed(limit, kStart, "192.0.2.1", 50) == 10);
  limit.set_options({0, 20});
  CHECK(passed(limit, kStart, "192.0.2.1", 50) == 20);
}

TEST_CASE("a full table goes on counting those who are fast now") {
  RateLimit limit({10, 0}, kSeed);
  CHECK(passed(limit, kStart, "192.0.2.1", 10) == 10);
  // As many as fit a few times over, each quiet afterwards: they make room for one another.
  for (unsigned i = 0; i < 4 * RateLimit::kSourcesMax; ++i) {
    const std::string other = fmt::format("10.{}.{}.{}", i >> 16, i >> 8 & 255, i & 255);
    CHECK(passed(limit, kStart + 1us * i, other, 1) == 1);
  }
  CHECK(passed(limit, kStart + 100ms, "192.0.2.1", 10) == 1);
}

}  // namespace pbx::sip
