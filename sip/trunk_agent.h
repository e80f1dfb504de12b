// sip/trunk_agent.h — one trunk at work: its servers and whether they live, its registration, its
// login.
//
// SIP thread.  What to do when is decided by trunk_registration.h and trunk_health.h, both pure;
// here requests are written, sent and their answers read.  RFC 3261 10.2 (REGISTER), 11 (OPTIONS).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/context.h"
#include "sip/digest_client.h"
#include "sip/trunk_health.h"
#include "sip/trunk_registration.h"

namespace pbx::sip {

// The challenges of a 401 or 407 that can be read.
[[nodiscard]] std::vector<Challenge> challenges_of(const sip_t* sip);
// Authorization and Proxy-Authorization for `request`, as far as `login` knows what is asked.
[[nodiscard]] HeaderText credentials_for(DigestAuthorizer& login, const RequestText& request,
                                         core::Random& random, DigestAttempt& attempt);

class TrunkAgent {
 public:
  // Names are asked for again after this; DNS answers are kept as long as they live.
  static constexpr std::chrono::seconds kResolveAgain{60};

  // `id` names its transactions; `random` is its own.
  TrunkAgent(std::uint64_t id, const config::Trunk& trunk, core::Random random);

  void start(Context& context);
  void stop(Context& context);  // takes its registration back
  void run(Context& context, core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

  // True: it waits for take_targets().
  [[nodiscard]] bool wants_targets(core::Instant now) const { return targets_due_ <= now; }
  void note_resolving() { targets_due_ = core::Instant::max(); }
  // Where its servers are, anew.  What is known of those that stay is kept.
  void take_targets(Context& context, std::vector<TrunkTarget> targets, std::string_view reason);
  void on_register_answer(Context& context, const sip_t* sip);
  void on_options_answer(Context& context, const nta_outgoing_t* transaction, const sip_t* sip);
  // True: that changed whether the server lives.
  bool on_call_answer(Context& context, const core::SocketAddress& server);
  void on_call_silence(Context& context, const core::SocketAddress& server);
  void on_call_failure(Context& context, const core::SocketAddress& server,
                       std::string_view reason);

  [[nodiscard]] DigestAuthorizer& login() { return login_; }
  [[nodiscard]] const config::Trunk& trunk() const { return trunk_; }
  [[nodiscard]] call::TrunkChanged standing(const Context& context) const;

 private:
  struct Watch {
    TrunkTarget target;
    TrunkHealth health;
    Outgoing probe;
  };

  void act(Context& context, const RegistrationStep& step);
  // False: it could not be sent.
  bool send_register(Context& context, const RegistrationStep& step);
  [[nodiscard]] RegistrationStep take_answer(const Context& context, const sip_t* sip);
  void send_options(Context& context, Watch& watch);
  void show_alive(Context& context);
  void show_registered(Context& context);
  [[nodiscard]] Watch* find(const core::SocketAddress& server);
  [[nodiscard]] HeaderText request_head(Context& context, const TrunkTarget& target,
                                        const core::SocketAddress& local) const;

  std::uint64_t id_;
  config::Trunk trunk_;  // as it was when it started
  core::Random random_;
  DigestAuthorizer login_;
  TrunkRegistration registration_;
  DigestAttempt attempt_;  // of the REGISTER under way
  Outgoing register_;
  std::string call_id_;  // of all its REGISTERs (RFC 3261 10.2)
  std::uint32_t cseq_ = 0;
  std::vector<Watch> watches_;
  core::Instant targets_due_ = core::Instant::max();
  bool registration_waits_ = false;  // for the targets
  std::string no_targets_;           // why there are none
};

}  // namespace pbx::sip
