#include <doctest/doctest.h>

#include "tests/sim/exchange_sim.h"

using namespace pbx;
using namespace std::chrono_literals;

namespace {

void run_clean(std::uint64_t seed, const sim::Habits& habits) {
  std::uint64_t hashes[2];
  for (std::uint64_t& hash : hashes) {
    sim::ExchangeSim world(seed, habits);
    world.run(60, 120s);
    for (const std::string& violation : world.violations()) FAIL_CHECK(violation);
    hash = world.hash();
  }
  CHECK_MESSAGE(hashes[0] == hashes[1], "seed " << seed << " did not repeat");
}

}  // namespace

TEST_CASE("many calls with ordinary habits: every one ends with one CDR and nothing is left") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) run_clean(seed, {});
}

TEST_CASE("swarm: habits drawn at random") {
  for (std::uint64_t seed = 1000; seed < 1200; ++seed)
    run_clean(seed, sim::Habits::swarm(core::Random(seed)));
}

TEST_CASE("the simulated world is not idle: all outcomes occur") {
  std::map<call::Outcome, int> outcomes;
  std::map<call::Tone, int> tones;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::ExchangeSim world(seed, {});
    world.run(100, 60s);
    for (const auto& [id, cdr] : world.cdrs()) ++outcomes[cdr.outcome];
    for (const auto& [tone, count] : world.tones()) tones[tone] += count;
  }
  for (const auto outcome :
       {call::Outcome::kAnswered, call::Outcome::kNoAnswer, call::Outcome::kBusy,
        call::Outcome::kCancelled, call::Outcome::kRefused, call::Outcome::kFailed}) {
    CAPTURE(call::text(outcome));
    CHECK(outcomes[outcome] > 20);
  }
  for (const auto tone :
       {call::Tone::kRingback, call::Tone::kBusy, call::Tone::kCongestion, call::Tone::kReorder}) {
    CAPTURE(static_cast<int>(tone));
    CHECK(tones[tone] > 0);
  }
}
