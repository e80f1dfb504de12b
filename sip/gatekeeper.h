// sip/gatekeeper.h — keeps strangers away: denied and banned addresses, scanners, floods, and
// answers to wrong passwords that come late.
//
// SIP thread.  The rules are those of access_list.h, guard.h and rate_limit.h; this carries them
// out.  Addresses of trunks are let in whatever the rules say.

#pragma once

#include <cstddef>
#include <optional>

#include "sip/access_list.h"
#include "sip/context.h"
#include "sip/guard.h"
#include "sip/rate_limit.h"
#include "sip/sip_time.h"

namespace pbx::sip {

// Answers held back at a time; beyond them a wrong password gets no answer at all.
inline constexpr std::size_t kHeldAnswersMax = 1000;

class Gatekeeper {
 public:
  // `seed` is secret and random.
  Gatekeeper(const config::Guard& guard, std::uint64_t seed);
  void apply(const config::Guard& guard);

  // True: everything from there may be read.
  [[nodiscard]] bool lets_in(Context& context, const core::IpAddress& ip);
  [[nodiscard]] bool lets_all_in() const { return access_.allows_all(); }
  // True: drop what comes from there.
  [[nodiscard]] bool is_banned(Context& context, const core::IpAddress& ip);
  // False: a request outside of calls, whose sender has proven nothing, shall not be served; it is
  // dropped, or answered already.
  [[nodiscard]] bool admit(Context& context, Request& request);
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
  [[nodiscard]] bool is_scanner(std::string_view agent) const;
  void note_ban(Context& context, const core::IpAddress& ip, Offence offence,
                const GuardVerdict& verdict);

  AccessList access_;
  Guard guard_;
  RateLimit rates_;
  std::vector<std::string> banned_agents_;
  core::Timers<Held> held_;
};

}  // namespace pbx::sip
