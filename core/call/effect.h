// core/call/effect.h — all that control can want from others.  Plain values; ports.h names who
// executes them.  Control appends them to a list; the shell posts them to the owning threads.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/call/event.h"
#include "core/call/lasting.h"
#include "core/call/view.h"

namespace pbx::call {

// --- to the SIP thread of `profile` ---
struct SipInvite {  // a new leg towards one contact; an offer is always made
  core::LegId leg;
  core::CallId call;
  std::string target_uri;        // request URI
  core::SocketAddress next_hop;  // where to send it; zero: resolve target_uri
  Transport transport = Transport::kUdp;
  std::string path;  // Route to preload, or ""
  Party from;
  bool anonymous = false;
  bool trusted = true;  // may be told P-Asserted-Identity
  Party to;
  AudioDescription offer;
  std::vector<Diversion> diversions;
  std::uint8_t hops_left = 69;
  std::string extension;  // the account called, for its 100rel, DTMF and timer options
  std::string trunk;      // by which it goes: the SIP thread knows its servers; `to` is the number
};
struct SipProgress {  // 18x to an incoming INVITE; with `answer` it carries early media
  core::LegId leg;
  std::uint16_t status = 180;
  std::optional<AudioDescription> answer;
};
struct SipAnswer {  // 200 to an incoming INVITE; an offer if the INVITE had none
  core::LegId leg;
  AudioDescription description;
};
struct SipOffer {  // re-INVITE; glare and retry are the SIP thread's affair
  core::LegId leg;
  AudioDescription offer;
};
struct SipAnswerOffer {  // to LegOffered; an offer if LegOffered had none
  core::LegId leg;
  AudioDescription description;
};
struct SipRefuseOffer {
  core::LegId leg;
  std::uint16_t status = 488;
};
struct SipDigit {  // DTMF by INFO
  core::LegId leg;
  char digit;
  std::chrono::milliseconds duration{160};
};
struct SipEnd {  // final response, CANCEL or BYE, whatever the leg's state asks; with Reason
  core::LegId leg;
  core::Cause cause;
  std::optional<std::chrono::seconds> retry_after;  // with 503
};
struct SipMessage {  // MESSAGE to one contact; answered by MessageSent
  core::RequestId request;
  std::string target_uri;
  core::SocketAddress next_hop;
  Transport transport = Transport::kUdp;
  Party from;
  std::string to;
  std::string content_type;
  std::string body;
};
struct SipMessageReply {  // the response to MessageReceived
  core::RequestId request;
  std::uint16_t status = 200;
};
using SipCommand = std::variant<SipInvite, SipProgress, SipAnswer, SipOffer, SipAnswerOffer,
                                SipRefuseOffer, SipDigit, SipEnd, SipMessage, SipMessageReply>;

struct ToSip {
  core::ProfileId profile;
  SipCommand command;
};
struct ToMedia {
  core::WorkerId worker;
  MediaCommand command;
};

// --- to the store ---
struct Journal {  // the record so far of a call in progress; replaces the earlier one
  Cdr cdr;
};
struct StoreCdr {  // the end of a call; removes its journal entry
  Cdr cdr;
};
struct StoreRecording {  // inserts or replaces a row of the catalogue
  Recording recording;
};
struct StoreFact {  // takes the place of what was stored under the same name
  Fact fact;
};
using StoreCommand = std::variant<Journal, StoreCdr, StoreRecording, StoreFact>;

// --- to the asker ---
struct Reply {
  core::RequestId request;
  View view;
};

// --- to the log: the core formats, the shell writes ---
struct Notice {
  enum class Level : std::uint8_t { kError, kWarn, kInfo, kDebug };
  Level level = Level::kInfo;
  std::string text;  // "call=7f3a91 leg=2 answered ring_ms=3100"
};

using Effect = std::variant<ToSip, ToMedia, StoreCommand, Reply, Notice>;
using Effects = std::vector<Effect>;

}  // namespace pbx::call
