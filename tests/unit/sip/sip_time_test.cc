#include "sip/sip_time.h"

#include <doctest/doctest.h>

#include "sip/sofia.h"
#include "sip/sofia_overrides.h"

using namespace pbx;
using namespace std::chrono_literals;

TEST_CASE("sofia's durations round up, so that its loop never wakes just before a timer") {
  sip::link_sofia_overrides();
  const su_time_t zero{1000, 0};
  CHECK(su_duration({1000, 1}, zero) == 1);
  CHECK(su_duration({1000, 999}, zero) == 1);
  CHECK(su_duration({1000, 1000}, zero) == 1);
  CHECK(su_duration({1000, 1001}, zero) == 2);
  CHECK(su_duration({1001, 0}, zero) == 1000);
  CHECK(su_duration(zero, zero) == 0);
  CHECK(su_duration(zero, {1000, 1500}) == -1);
  CHECK(su_duration({4000000000, 0}, {1, 0}) == 2147483647);
}

TEST_CASE("sofia's time follows the SIP time, which tests can move") {
  sip::use_monotonic_time();
  const su_time_t before = su_now();
  const core::Instant mine = sip::sip_now();
  sip::advance_sip_time(100s);
  CHECK(su_duration(su_now(), before) >= 100'000);
  CHECK(sip::sip_now() - mine >= 100s);
}

TEST_CASE("sofia takes addresses and asks no name server") {
  sip::link_sofia_overrides();
  su_addrinfo_t hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_protocol = IPPROTO_UDP;
  su_addrinfo_t* found = nullptr;
  CHECK(su_getaddrinfo("localhost", "5060", &hints, &found) != 0);
  REQUIRE(su_getaddrinfo("192.0.2.1", "5060", &hints, &found) == 0);
  CHECK(found->ai_protocol == IPPROTO_UDP);
  su_freeaddrinfo(found);
}
