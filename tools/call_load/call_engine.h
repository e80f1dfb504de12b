// tools/call_load/call_engine.h — all simulated calls: places them, steers both sides, ends them.
//
// Pure: datagrams, reports and `now` come in, datagrams and media commands go out through SipPort
// and MediaPort.  Owner: the SIP thread.  Every call that place() began ends as exactly one of ok,
// cancelled and failed, because every step has a deadline:
//
//   step       waits for                       at most              then
//   kSetup     both sides up                   setup timeout, 32 s  CANCEL or BYE
//   kTalk      the next hold or the end        --hold               kPausing, kDraining
//   kPausing   packets on their way            kDrain               re-INVITE, kHolding
//   kHolding   the response                    32 s                 kHeld
//   kHeld      --hold-for                      --hold-for           re-INVITE, kResuming
//   kResuming  the response                    32 s                 kTalk
//   kDraining  packets on their way            kDrain               BYE, kEnding
//   kEnding    BYE and its response, reports   32 s each            counted, kFree
//
// A slot is used again after kLinger at the soonest; until then it answers what comes again.

#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "core/base/time.h"
#include "tools/call_load/call_context.h"
#include "tools/call_load/callee.h"
#include "tools/call_load/caller.h"
#include "tools/call_load/in_dialog.h"
#include "tools/call_load/token.h"

namespace pbx::call_load {

class CallEngine {
 public:
  static constexpr core::Duration kDrain = std::chrono::milliseconds(100);
  static constexpr core::Duration kLinger = std::chrono::seconds(5);

  // What the engine is built on; all outlive it.  `run` marks our tags and branches.
  struct Parts {
    const Options& options;
    Phonebook& phones;
    SipPort& sip;
    MediaPort& media;
    Authenticator& logins;
    SipCounters& counters;
    core::Random random;
    std::uint32_t run;
  };
  explicit CallEngine(const Parts& parts);

  // Begins the next call.  `is_measured`: its times count.  False: --concurrent is reached.
  // REQUIRES: a callee is registered, or none needs to be.
  bool place(core::Instant now, bool is_measured);

  void on_request(core::Instant now, const SipMessage& request, const Incoming& from);
  void on_response(core::Instant now, const SipMessage& response, const Token& token);
  void on_media_report(core::Instant now, const MediaReport& report);
  void on_time(core::Instant now);
  [[nodiscard]] core::Instant next_deadline() const { return timers_.next(); }

  // Ends all calls early; those that talk count as ok, those that ring as cancelled.
  void hang_up_all(core::Instant now);

  [[nodiscard]] std::uint32_t active() const { return active_; }
  [[nodiscard]] std::uint32_t talking() const { return talking_; }
  [[nodiscard]] const CallStats& stats() const { return stats_; }
  // Seconds talked so far, summed over all calls.
  [[nodiscard]] double talk_seconds(core::Instant now) const;

 private:
  Call* acquire(core::Instant now);
  void choose_phones(Call& call);
  void prepare_caller(Call& call);
  Call* call_of(const Token& token);
  Call* match(const SipMessage& invite);
  void forget_pending(const Call& call);

  void on_new_request(core::Instant now, const SipMessage& request, const Incoming& from);
  void on_invite(core::Instant now, const SipMessage& invite, const Incoming& from);
  void on_leg_request(core::Instant now, Call& call, Leg& leg, const SipMessage& request,
                      const Incoming& from);
  void on_timer(core::Instant now, Call& call, Leg& leg, Timer timer);
  void on_caller_time(core::Instant now, Call& call);
  void on_callee_time(core::Instant now, Call& call);

  // Moves the call on after any event.
  void advance(core::Instant now, Call& call);
  void begin_talk(core::Instant now, Call& call);
  void pause(core::Instant now, Call& call, CallStep step);
  void hang_up(core::Instant now, Call& call);
  void hang_up(core::Instant now, Call& call, Side side);
  void finish(core::Instant now, Call& call);
  void count_talking(core::Instant now, int change);

  const Options& options_;
  Phonebook& phones_;
  SipPort& sip_;
  Deadlines timers_;
  CallStats stats_;
  CallContext context_;
  Caller caller_;
  Callee callee_;
  InDialog in_dialog_;
  std::uint32_t run_;

  std::deque<Call> slots_;
  std::deque<std::uint32_t> free_;                   // oldest first
  std::vector<std::vector<std::uint32_t>> pending_;  // by callee: slots whose INVITE is under way
  // Callee legs by the Call-ID of the server's INVITE.
  std::unordered_map<std::string, std::uint32_t, core::HashText, std::equal_to<>> incoming_;
  std::size_t slots_max_;
  std::uint32_t next_serial_ = 1;
  std::uint64_t pairs_ = 0;
  std::uint32_t active_ = 0, talking_ = 0;
  core::Instant talking_since_{};
  double talk_seconds_ = 0;
};

}  // namespace pbx::call_load
