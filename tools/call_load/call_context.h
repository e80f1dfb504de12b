// tools/call_load/call_context.h — what the parts of the call logic share.  Owner: CallEngine.

#pragma once

#include "core/base/random.h"
#include "tools/call_load/call_stats.h"
#include "tools/call_load/leg_io.h"
#include "tools/call_load/media_port.h"
#include "tools/call_load/options.h"

namespace pbx::call_load {

struct CallContext {
  const Options& options;
  LegIo io;
  MediaPort& media;
  CallStats& stats;
  SipCounters& counters;
  core::Random random;
};

// How long a leg waits for what the server owes it before it gives up on its own.
inline constexpr core::Duration kPatience = kTransactionTime;

// The SDP that this leg sends now.  A new version each time something changed (RFC 3264 8).
inline std::string local_sdp(const Leg& leg) {
  std::string text;
  append_sdp(text, leg.audio);
  return text;
}

// The leg is over: nothing more is sent of itself; answers to repeats are kept.
inline void close_leg(CallContext& context, Leg& leg) {
  leg.phase = LegPhase::kClosed;
  leg.invite.close();
  leg.request.close();
  context.io.clear_timer(leg, Timer::kPhase);
  if (leg.has_media) context.media.close(leg.index);
}

// Sends BYE and waits for its response.
inline void send_bye(core::Instant now, CallContext& context, Leg& leg) {
  leg.phase = LegPhase::kBye;
  leg.bye_at = now;
  leg.answer.close();
  leg.request.headers.clear();
  leg.request.body.clear();
  context.io.clear_timer(leg, Timer::kPhase);
  context.io.request(now, leg, Method::kBye);
}

}  // namespace pbx::call_load
