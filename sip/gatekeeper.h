// sip/gatekeeper.h — keeps guessers away: bans by address, and answers to wrong passwords that
// come late.
//
// SIP thread.  The rules are guard.h's; this carries them out.

#pragma once

#include <cstddef>
#include <optional>

#include "sip/context.h"
#include "sip/guard.h"
#include "sip/sip_time.h"

namespace pbx::sip {

// Answers held back at a time; beyond them a wrong password gets no answer at all.
inline constexpr std::size_t kHeldAnswersMax = 1000;

class Gatekeeper {
 public:
  explicit Gatekeeper(const config::Guard& guard);
  void apply(const config::Guard& guard);

  // True: drop what comes from there.
  [[nodiscard]] bool is_banned(Context& context, const core::IpAddress& ip);
  void record_success(const core::IpAddress& ip) { guard_.record_success(ip); }
  [[nodiscard]] std::vector<Suspect> list() const { return guard_.list(sip_now()); }
  bool lift(const core::IpAddress& ip) { return guard_.lift(ip); }
  // Answers a request that could not prove who sent it, at once or later.
  void refuse(Context& context, Request&& request, Response response, Offence offence);

  void run(Context& context, core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const { return held_.next_deadline(); }

 private:
  struct Held {
    Request request;
    Response response;
    Tport tport;  // the connection it came on
  };
  Guard guard_;
  core::Timers<Held> held_;
};

}  // namespace pbx::sip
