// tests/sim/exchange_sim.h — the real control among simulated phones, SIP legs and media workers.
//
// One heap of things to happen, virtual time, one seed split per actor.  Every message between
// control and its edges takes a random time of its own, so answers cross cancellations, hang-ups
// cross each other and reports come late, as in production.  After each step the invariants are
// checked; a broken one is told with the seed.
//
// Invariants: each call that was let in leaves exactly one CDR; control says nothing about a leg
// that it has ended; the answer to an offer never changes; each session that was opened is closed
// once; connected legs are open and hear one another, not a tone; when all is over no call, leg,
// port, timer or count is left.

#pragma once

#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>

#include "core/base/random.h"
#include "core/call/control.h"
#include "tests/support/control_fixture.h"

namespace pbx::sim {

struct Habits {  // per thousand
  unsigned answers = 600, busy = 100, declines = 50, silent = 100, redirects = 50, fails = 100;
  unsigned early_media = 200, holds = 200, gives_up = 300, delayed_offer = 150;
  unsigned worker_fails = 10, worker_silent = 5, rtp_stops = 20;
  // All chances drawn anew: a world that nobody would think of (swarm testing).
  static Habits swarm(core::Random random);
};

class ExchangeSim {
 public:
  ExchangeSim(std::uint64_t seed, const Habits& habits);

  // Places `calls` calls within `span` and runs until nothing is left to happen.
  void run(unsigned calls, core::Duration span);

  [[nodiscard]] std::uint64_t hash() const { return hash_; }  // of all effects in their order
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] const std::map<core::CallId, call::Cdr>& cdrs() const { return cdrs_; }
  [[nodiscard]] const std::map<call::Tone, int>& tones() const { return tones_; }
  [[nodiscard]] unsigned placed() const { return placed_; }
  // At the gate, without a CDR.
  [[nodiscard]] std::uint64_t refused() const { return control_.board().calls_refused; }

 private:
  struct SimLeg {  // what the SIP thread of production would know
    enum class State { kInviting, kAnswered, kOver };
    bool caller = false;
    State state = State::kInviting;
    bool told_to_end = false;                      // control said SipEnd
    bool has_offered = false;                      // in its INVITE
    std::optional<call::AudioDescription> answer;  // to that
    core::LegId other;                             // unused by called legs
  };
  struct Happening {
    core::Instant at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator>(const Happening& other) const {
      return std::tie(at, order) > std::tie(other.at, other.order);
    }
  };

  void later(core::Duration delay, std::function<void()> what);
  core::Duration between(unsigned low_ms, unsigned high_ms);
  bool chance(unsigned per_mille) { return random_.below(1000) < per_mille; }
  void violation(std::string text);

  void place_call();
  void tell(const call::Event& event);  // to control, now
  void execute(const call::Effect& effect);
  void note(const call::Effect& effect);
  void sip(const call::SipCommand& command);
  void media(const call::MediaCommand& command);
  void store(const call::StoreCommand& command);
  void is_answered_with(SimLeg& leg, const call::AudioDescription& answer);
  void phone_rings(core::LegId leg);
  void phone_talks(core::LegId leg);
  void leg_ends(core::LegId leg, std::uint16_t status, std::uint8_t q850);
  void check_end();

  std::uint64_t seed_;
  core::Random random_;
  Habits habits_;
  std::shared_ptr<config::Config> config_;
  test::SeededSecrets secrets_;
  core::Instant now_{std::chrono::hours{1}};
  core::Instant sip_reads_at_{};
  call::Control control_;
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> happenings_;
  std::uint64_t order_ = 0;
  std::uint64_t next_leg_ = 1;
  std::map<core::LegId, SimLeg> legs_;
  std::set<core::LegId> sessions_;
  std::set<core::LegId> played_to_;  // hear a tone or music instead of the other side
  std::map<core::CallId, call::Cdr> cdrs_;
  std::map<call::Tone, int> tones_;  // played
  std::vector<std::string> violations_;
  std::uint64_t hash_ = 1469598103934665603ull;
  unsigned placed_ = 0;
};

}  // namespace pbx::sim
