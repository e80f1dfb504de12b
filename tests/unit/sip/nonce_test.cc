#include "sip/nonce.h"

#include <doctest/doctest.h>

#include <set>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKey = "a secret of sixteen octets or so";
constexpr core::Instant kStart{1h};

NonceBook book(std::size_t remembered_max = 100) { return {{60s, remembered_max}, kKey}; }

}  // namespace

TEST_CASE("a nonce is good for its life and not longer") {
  auto it = book();
  const auto nonce = it.issue(kStart);
  CHECK(it.spend(kStart, nonce, 1));
  CHECK(it.spend(kStart + 60s, nonce, 2));
  CHECK_FALSE(it.spend(kStart + 60s + 1ms, nonce, 3));
}

TEST_CASE("no two nonces are equal") {
  auto it = book();
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) CHECK(seen.insert(it.issue(kStart)).second);
}

TEST_CASE("a nonce that was changed or is not ours is refused") {
  auto it = book();
  const auto nonce = it.issue(kStart);
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    auto changed = nonce;
    changed[i] = changed[i] == '0' ? '1' : '0';
    CHECK_FALSE(it.spend(kStart, changed, 1));
  }
  CHECK_FALSE(it.spend(kStart, "", 1));
  CHECK_FALSE(it.spend(kStart, nonce + "0", 1));
  CHECK_FALSE(it.spend(
      kStart, NonceBook({60s, 100}, "another key, just as long as it is").issue(kStart), 1));
  CHECK(it.remembered() == 0);
  CHECK(it.spend(kStart, nonce, 1));
}

TEST_CASE("a nonce count is good once, in any order within the window") {
  auto it = book();
  const auto nonce = it.issue(kStart);
  struct Row {
    std::uint32_t count;
    bool good;
  };
  const Row rows[] = {
      {1, true},       {1, false},       {3, true},      {2, true},    {2, false},
      {3, false},      {100, true},      {36, false},    {37, true},   {37, false},
      {99, true},      {99, false},      {101, true},    {38, true},   {37, false},
      {1000000, true}, {1000000, false}, {999999, true}, {101, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.count);
    CHECK(it.spend(kStart, nonce, row.count) == row.good);
  }
}

TEST_CASE("a client that does not count may use a nonce once") {
  auto it = book();
  const auto nonce = it.issue(kStart);
  CHECK(it.spend(kStart, nonce, 0));
  CHECK_FALSE(it.spend(kStart, nonce, 0));
  CHECK_FALSE(it.spend(kStart, nonce, 1));
  const auto counted = it.issue(kStart);
  CHECK(it.spend(kStart, counted, 1));
  CHECK_FALSE(it.spend(kStart, counted, 0));
}

TEST_CASE("making nonces takes no memory, and what is too old is forgotten") {
  auto it = book();
  for (int i = 0; i < 1000; ++i) CHECK(it.issue(kStart).size() == 56);
  CHECK(it.remembered() == 0);
  CHECK(it.spend(kStart, it.issue(kStart), 1));
  CHECK(it.remembered() == 1);
  CHECK(it.spend(kStart + 61s, it.issue(kStart + 61s), 1));
  CHECK(it.remembered() == 1);
}

TEST_CASE("a full memory forgets the oldest nonce and everything before it") {
  auto it = book(2);
  const auto before = it.issue(kStart);
  const auto first = it.issue(kStart);
  const auto second = it.issue(kStart);
  const auto third = it.issue(kStart);
  CHECK(it.spend(kStart, first, 1));
  CHECK(it.spend(kStart, second, 1));
  CHECK_FALSE(it.spend(kStart, before, 1));  // older than all that is remembered
  CHECK(it.spend(kStart, third, 1));
  CHECK(it.remembered() == 2);
  CHECK_FALSE(it.spend(kStart, first, 2));
  CHECK_FALSE(it.spend(kStart, first, 1));  // above all no replay
  CHECK(it.spend(kStart, second, 2));
  CHECK(it.spend(kStart, it.issue(kStart), 1));
}

}  // namespace pbx::sip
