// sip/leg.h — one SIP leg: its dialog, what was offered and answered, and its open transactions.
//
// SIP thread.  Data only; the procedures (invite_server.cc, bye.cc, …) work on it.
//
// | state     | begins with                  | ends with                                        |
// |-----------|------------------------------|--------------------------------------------------|
// | kIncoming | INVITE that we took          | our 2xx → kTalking, refusal or CANCEL → kEnded   |
// | kOutgoing | our INVITE                   | their 2xx → kTalking, refusal, SipEnd → kEnded   |
// | kTalking  | 2xx                          | BYE of either side → kEnded                      |
// | kEnded    | LegEnded was sent to control | the last open transaction is over → erased       |

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/timers.h"
#include "core/call/effect.h"
#include "core/call/media_description.h"
#include "core/config/config.h"
#include "sip/dialog.h"
#include "sip/digest_client.h"
#include "sip/header_text.h"
#include "sip/offer_answer.h"
#include "sip/session_timer.h"
#include "sip/sofia.h"
#include "sip/trunk_table.h"

namespace pbx::sip {

enum class LegState : std::uint8_t { kIncoming, kOutgoing, kTalking, kEnded };

enum class LegTimer : std::uint8_t {
  kInviteTimeout,  // no final answer to our INVITE
  kAnswerTime,     // no answer at all from the server of a trunk
  kOfferRetry,     // RFC 3261 14.1, after 491
  kSession,        // RFC 4028: a refresh or the end
  kLinger,         // an ended leg whose last transaction never reports is erased
};
inline constexpr std::size_t kLegTimers = 5;

// An early dialog of our INVITE: one for each To tag that answered (RFC 3261 13.2.2.4).
struct EarlyDialog {
  std::string tag;
  Dialog dialog;
  OfferAnswer session;
  std::optional<call::AudioDescription> answer;  // given reliably: the 2xx need not repeat it
  std::uint32_t rseq = 0;                        // of the last reliable response
};
inline constexpr std::size_t kEarlyDialogsMax = 8;  // more are left without PRACK and progress

struct PeerCapabilities {
  bool reliable = false;       // Supported or Require: 100rel
  bool must_reliable = false;  // Require: 100rel
  bool timer = false;          // Supported: timer
  bool update = false;         // Allow: UPDATE
};

// Our INVITE as it was wanted, until its answer: a 422, a challenge or a dead server of a trunk
// makes us send it again.
struct WantedInvite {
  call::SipInvite command;
  std::string offer;                 // SDP
  std::vector<TrunkTarget> targets;  // of a trunk, best first
  std::size_t target = 0;            // of `targets`: where it went
  DigestAttempt attempt;             // what challenges it has answered
};

// What the extension or the trunk behind a leg asks of the procedures.
struct LegTerms {
  config::SrtpMode srtp = config::SrtpMode::kOptional;
  config::ReliableProvisional reliable = config::ReliableProvisional::kSupported;
  SessionTimerOptions timer;
};

struct Leg {
  core::LegId id;
  core::CallId call;
  LegState state = LegState::kIncoming;
  bool is_incoming = true;
  std::string extension;
  std::string trunk;  // one of the two is not empty
  LegTerms terms;
  Dialog dialog;
  OfferAnswer session;
  std::optional<call::AudioDescription> local;         // what control last said
  std::optional<call::AudioDescription> local_before;  // valid again if our offer is refused
  PeerCapabilities peer;
  SessionTimer timer;
  TimerAnswer timer_answer;  // goes with the 2xx to their request
  std::string peer_agent;    // User-Agent or Server

  // The INVITE that made the leg.
  Incoming invite;
  bool had_offer = false;          // the INVITE carried one
  bool sent_reliable_sdp = false;  // a reliable 18x carried SDP: the 2xx does not
  bool awaits_prack = false;
  std::optional<call::SipProgress> next_progress;  // held back until PRACK
  std::optional<call::SipAnswer> next_answer;
  bool awaits_ack = false;    // our 2xx to the INVITE or a re-INVITE
  bool offer_in_2xx = false;  // the ACK carries the answer

  Outgoing client_invite;
  DigestAttempt attempt;   // of the request of the dialog that a trunk has challenged
  HeaderText credentials;  // of our last INVITE, for its ACK (RFC 3261 13.2.2.4)
  std::unique_ptr<WantedInvite> wanted;
  std::vector<EarlyDialog> early;
  bool cancelled = false;
  std::string end_reason;  // Reason header of CANCEL and BYE, "" for none

  // Offers inside the dialog.
  Incoming offer_request;     // re-INVITE, UPDATE or PRACK that waits for control
  bool offer_wanted = false;  // it came without an offer
  Outgoing offer_sent;        // our re-INVITE or UPDATE
  bool refresh_only = false;  // it repeats what was said: control is not told
  std::uint32_t offer_cseq = 0;
  bool glare = false;   // waits for kOfferRetry
  unsigned glares = 0;  // 491 in a row
  std::optional<call::AudioDescription> next_offer;

  Outgoing bye;
  std::vector<Outgoing> others;  // INFO, PRACK
  std::array<core::TimerId, kLegTimers> timers;
};
inline constexpr std::size_t kSideTransactionsMax = 16;  // of Leg::others

}  // namespace pbx::sip
