// core/call/event.h — all that can happen to control.  Plain values; `Control::apply` takes them.
//
// Contract with the SIP side: a leg begins with LegIncoming or with effect SipInvite and ends
// with exactly one LegEnded, after which its id is never used again.  After the effect SipEnd
// the SIP thread finishes the leg alone (CANCEL or BYE or response; a 200 that crosses a CANCEL
// is acknowledged and released there); events already on their way are ignored by control.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/cause.h"
#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/call/binding.h"
#include "core/call/cdr.h"
#include "core/call/media_command.h"
#include "core/call/media_description.h"
#include "core/route/schedule.h"

namespace pbx::config {
struct Config;
}
namespace pbx::route {
class Routing;
}

namespace pbx::call {

struct Diversion {
  std::string number;
  std::string reason;  // "unconditional", "user-busy", "no-answer", ... (RFC 5806)
};

struct LegIncoming {  // an INVITE that passed authentication
  core::LegId leg;
  core::ProfileId profile;
  std::string extension;   // its id, proven by digest; "" if it came by a trunk
  std::string trunk;       // it came by; "" from an extension
  Party caller;            // as it will be shown: asserted identity if the phone may assert
  bool anonymous = false;  // Privacy: id
  std::string dialed;      // user part of the request URI, unescaped; of a trunk its DID
  // The domain of ours that the host of the request URI names; nullopt: the caller's own.
  std::optional<std::string> domain;
  std::optional<AudioDescription> offer;  // nullopt: delayed offer, the exchange offers in its 200
  core::IpAddress local_ip;               // the address of ours to name in SDP
  core::SocketAddress peer;
  std::string contact;
  std::string user_agent;
  std::string sip_call_id;
  std::vector<Diversion> diversions;  // the latest first; at most kDiversionsMax
  // Those that rules of plans may ask for; at most kHeadersMax.  Empty without plans.
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint8_t hops_left = 70;  // Max-Forwards
};
struct LegProgress {  // 18x to our INVITE
  core::LegId leg;
  std::uint16_t status = 180;
  std::optional<AudioDescription> answer;  // early media
  std::string sip_call_id;
  core::SocketAddress peer;  // who says so: of a trunk the server that was called
};
struct LegAnswered {  // 2xx to our INVITE, already acknowledged
  core::LegId leg;
  AudioDescription answer;
  std::string user_agent;
  std::string sip_call_id;
  core::SocketAddress peer;
  std::string contact;
};
struct LegRedirected {  // 3xx to our INVITE; the leg goes on with LegEnded
  core::LegId leg;
  std::vector<std::string> targets;  // URIs, best first, at most kRedirectTargetsMax
  std::vector<Diversion> diversions;
};
// An offer inside the dialog (re-INVITE, UPDATE).  nullopt: the other side wants our offer.
// Answered by effect SipAnswerOffer or SipRefuseOffer.
struct LegOffered {
  core::LegId leg;
  std::optional<AudioDescription> offer;
};
// The answer to an offer of ours: to SipOffer, or in ACK/PRACK to a delayed offer.
struct LegOfferAnswered {
  core::LegId leg;
  AudioDescription answer;
};
struct LegOfferRefused {  // the session stays as it was
  core::LegId leg;
  std::uint16_t status = 488;
};
struct LegInfoDigit {  // DTMF by INFO
  core::LegId leg;
  char digit;
  std::chrono::milliseconds duration{160};
};
struct LegEnded {
  core::LegId leg;
  core::Cause cause;
};

// --- trunks ---
// Whether a trunk can be called; told at each change, and at the start of a trunk.
struct TrunkChanged {
  enum class State : std::uint8_t {
    kUnknown,  // not asked yet: it may be called
    kUp,
    kDown,
    kOff,  // not enabled, or gone from the configuration
  };
  core::ProfileId profile;
  std::string trunk;
  State state = State::kUnknown;
  core::IpAddress local_ip;  // of ours, to name to it in SDP; none: it has no address yet
  std::string reason;        // for people: "registered", "192.0.2.1:5060: no answer"
  std::string server;        // the one in use; "" if there is none
  std::optional<std::chrono::milliseconds> round_trip;  // of the last OPTIONS that was answered
  friend bool operator==(const TrunkChanged&, const TrunkChanged&) = default;
};

[[nodiscard]] std::string_view text(TrunkChanged::State state);  // "up"

// --- registrations and messages ---
struct BindingChanged {
  enum class What : std::uint8_t { kAdded, kChanged, kRemoved, kExpired };
  What what = What::kAdded;
  Binding binding;
};
struct MessageReceived {  // MESSAGE from an authenticated extension; answered by SipMessageReply
  core::RequestId request;
  core::ProfileId profile;
  Party from;
  std::string domain;  // of the sender, and of the number; "" the house
  std::string to;      // number
  std::string content_type;
  std::string body;  // at most kMessageBytesMax
};
struct MessageSent {  // the end of effect SipMessage
  core::RequestId request;
  std::uint16_t status = 200;
};

// --- commands (API, signals) ---
struct ListCalls {
  core::RequestId request;
};
struct ShowCall {
  core::RequestId request;
  core::CallId call;
};
struct ShowStatus {
  core::RequestId request;
};
struct ListTrunks {
  core::RequestId request;
};
struct ListSchedules {
  core::RequestId request;
};
struct ListBlocks {  // of the fraud watch
  core::RequestId request;
};
struct LiftBlock {
  core::RequestId request;
  std::string extension;
};
struct SetSchedule {  // kNone takes the hand away
  core::RequestId request;
  std::string schedule;
  route::ScheduleOverride hand;
};
struct HangUp {
  core::RequestId request;
  core::CallId call;
};
struct Drain {  // no new calls; answered with Done
  core::RequestId request;
  bool release = false;     // the calls in progress are ended now
  bool when_empty = false;  // answered when the last call is over, else at once
};
struct ConfigChanged {
  std::shared_ptr<const config::Config> config;
  std::shared_ptr<const route::Routing> routing;  // made of it
};

inline constexpr std::size_t kDiversionsMax = 8;
inline constexpr std::size_t kHeadersMax = 32;
inline constexpr std::size_t kRedirectTargetsMax = 8;
inline constexpr std::size_t kMessageBytesMax = 4096;

using Event = std::variant<LegIncoming, LegProgress, LegAnswered, LegRedirected, LegOffered,
                           LegOfferAnswered, LegOfferRefused, LegInfoDigit, LegEnded, TrunkChanged,
                           BindingChanged, MessageReceived, MessageSent, MediaFailed, MediaDigit,
                           MediaSilent, PlaybackDone, MediaClosed, MediaStatus, RecordingDone,
                           ListCalls, ShowCall, ShowStatus, ListTrunks, ListBlocks, LiftBlock,
                           ListSchedules, SetSchedule, HangUp, Drain, ConfigChanged>;

}  // namespace pbx::call
