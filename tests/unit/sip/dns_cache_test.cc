#include "sip/dns_cache.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant kNow{1h};

DnsQuestion host(const std::string& name) { return {DnsType::kA, name}; }

DnsAnswer address(std::string_view text) {
  DnsAnswer out;
  out.addresses.push_back(core::parse_ip(text).value());
  return out;
}

}  // namespace

TEST_CASE("an answer is known for its life") {
  DnsCache it;
  CHECK(it.find(kNow, host("a")) == nullptr);
  it.store(kNow, host("a"), address("192.0.2.1"), 60s);
  REQUIRE(it.find(kNow + 60s - 1ns, host("a")));
  CHECK(*it.find(kNow + 60s - 1ns, host("a")) == address("192.0.2.1"));
  CHECK(it.find(kNow + 60s, host("a")) == nullptr);
  CHECK(it.find(kNow, {DnsType::kAaaa, "a"}) == nullptr);
}

TEST_CASE("a no is an answer too") {
  DnsCache it;
  it.store(kNow, host("a"), {}, 60s);
  REQUIRE(it.find(kNow, host("a")));
  CHECK(*it.find(kNow, host("a")) == DnsAnswer());
}

TEST_CASE("a new answer replaces the old, one without life removes it") {
  DnsCache it;
  it.store(kNow, host("a"), address("192.0.2.1"), 60s);
  it.store(kNow, host("a"), address("192.0.2.2"), 10s);
  CHECK(*it.find(kNow, host("a")) == address("192.0.2.2"));
  CHECK(it.find(kNow + 10s, host("a")) == nullptr);
  it.store(kNow, host("a"), address("192.0.2.3"), 0s);
  CHECK(it.find(kNow, host("a")) == nullptr);
  CHECK(it.size() == 0);
}

TEST_CASE("nothing is kept for longer than a day") {
  DnsCache it;
  it.store(kNow, host("a"), {}, std::chrono::seconds::max());
  CHECK(it.find(kNow + DnsCache::kLifeMax - 1ns, host("a")) != nullptr);
  CHECK(it.find(kNow + DnsCache::kLifeMax, host("a")) == nullptr);
}

TEST_CASE("when it is full the answer that ends first goes") {
  DnsCache it;
  for (std::size_t i = 0; i < DnsCache::kEntriesMax; ++i)
    it.store(kNow, host(std::to_string(i)), {}, i == 500 ? 10s : 60s);
  it.store(kNow, host("new"), {}, 60s);
  CHECK(it.size() == DnsCache::kEntriesMax);
  CHECK(it.find(kNow, host("500")) == nullptr);
  CHECK(it.find(kNow, host("new")) != nullptr);
  CHECK(it.find(kNow, host("0")) != nullptr);
}

}  // namespace pbx::sip
