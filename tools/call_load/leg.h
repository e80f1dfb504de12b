// tools/call_load/leg.h — one side of a simulated call: its dialog, its messages under way.
//
// Plain data, used again call after call so that the strings keep their memory.  Owner: CallEngine.

#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/base/net.h"
#include "core/base/time.h"
#include "tools/call_load/call_stats.h"
#include "tools/call_load/exchange.h"
#include "tools/call_load/media_port.h"
#include "tools/call_load/phone.h"
#include "tools/call_load/sdp.h"

namespace pbx::call_load {

enum class LegPhase : std::uint8_t {
  kIdle,      // the side did not take part (yet)
  kInviting,  // caller: INVITE sent
  kRinging,   // callee: INVITE came, not answered
  kAnswered,  // callee: 200 sent, no ACK yet
  kUp,
  kBye,  // BYE sent
  kClosed,
};

// RFC 3264 between this leg and the server.
enum class OfferState : std::uint8_t { kNone, kOfferSent, kOfferReceived, kAgreed };

struct Request : Exchange {
  std::string headers;  // lines beyond those every request has
  std::string body;     // SDP or nothing
};

struct Leg {
  Side side = Side::kCaller;
  LegPhase phase = LegPhase::kIdle;
  std::uint32_t index = 0;   // 2 * call slot + side
  std::uint32_t serial = 0;  // of the call
  Phone* phone = nullptr;

  // The dialog (RFC 3261 12).  local and remote are header values with their tags.
  std::string call_id, local, remote, target, routes;
  core::SocketAddress peer;      // where requests go
  core::SocketAddress reply_to;  // where responses to its INVITE go
  std::uint32_t cseq = 0;
  std::uint32_t remote_cseq = 0;

  Request invite;   // our INVITE or re-INVITE
  Request request;  // our other request
  std::string ack;  // sent again when the 2xx comes again
  std::uint32_t ack_cseq = 0;
  Exchange answer;          // our last response to the server's INVITE
  std::string answer_head;  // the lines that every response to that INVITE repeats
  std::string response;     // our last response to another request of the server
  std::uint32_t response_cseq = 0;

  OfferState offer = OfferState::kNone;
  LocalAudio audio;
  bool has_media = false;      // opened, report not in yet
  bool has_rung = false;       // caller: a response from 101 to 199 came
  bool is_cancelling = false;  // the caller does not want the call any more
  bool is_cancel_sent = false;
  bool is_reliable = false;    // callee: the provisional response awaits PRACK
  bool is_answer_due = false;  // callee: and the 200 waits for that
  std::uint32_t rseq = 0;      // of the reliable response sent or acknowledged last
  core::Instant bye_at{};

  // Ready for another call; keeps the memory of the strings.
  void reset();
};

// What a call is doing as a whole.
enum class CallStep : std::uint8_t {
  kFree,
  kSetup,
  kTalk,
  kPausing,  // RTP stopped, hold follows
  kHolding,  // re-INVITE for hold sent
  kHeld,
  kResuming,  // re-INVITE for resume sent
  kDraining,  // RTP stopped, BYE follows
  kEnding,    // BYE sent or received, or setup failed
};

struct Call {
  CallStep step = CallStep::kFree;
  std::uint32_t serial = 0;
  std::array<Leg, 2> legs;
  Failure failure;
  bool is_cancelled = false;
  bool is_talking = false;
  bool is_measured = false;  // begun after the warm-up
  core::Instant placed_at{}, freed_at{};
  core::Instant hangup_at{}, next_hold_at{};
  core::Duration answer_delay{};  // of the callee; not part of the setup time
  core::Duration setup{};
  std::array<MediaReport, 2> media;

  [[nodiscard]] Leg& caller() { return legs[0]; }
  [[nodiscard]] Leg& callee() { return legs[1]; }
  [[nodiscard]] Leg& other(const Leg& leg) { return legs[leg.side == Side::kCaller ? 1 : 0]; }
  void fail(Failure::Kind kind, int status = 0) {
    if (failure.kind == Failure::Kind::kNone) failure = {kind, status};
  }
};

}  // namespace pbx::call_load
