// sip/trace.h — the recent SIP messages of each leg, for people who ask what happened.
//
// Pure; one owner (the SIP thread), asked by others through Stack::trace.  On by default, so it is
// cheap: one copy of a message's text.  Bounded three ways: kTraceMessagesMax per leg (the first
// half is kept, then the latest), kTraceEndedMax legs after their end, kTraceBytesMax in all; the
// oldest ended leg goes first, and when none is left nothing more is kept (counted).
// Digest responses and SRTP keys are masked when a message enters.

#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/wall_time.h"
#include "core/call/binding.h"

namespace pbx::sip {

inline constexpr std::size_t kTraceMessagesMax = 40;      // per leg
inline constexpr std::size_t kTraceEndedMax = 2000;       // legs
inline constexpr std::size_t kTraceBytesMax = 64u << 20;  // of text

struct TraceMessage {
  core::WallTime at;
  bool sent = false;
  core::SocketAddress peer;
  call::Transport transport = call::Transport::kUdp;
  std::string text;
};

class Trace {
 public:
  void record(core::LegId leg, TraceMessage message);
  // The leg's messages may go when room is needed.
  void leg_ended(core::LegId leg);
  [[nodiscard]] std::vector<TraceMessage> messages(core::LegId leg) const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  struct Leg {
    std::deque<TraceMessage> messages;
    bool ended = false;
  };
  void drop_oldest();

  std::unordered_map<core::LegId, Leg> legs_;
  std::deque<core::LegId> ended_;  // oldest first
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

// `text` with digest responses and SRTP keys replaced by asterisks.
[[nodiscard]] std::string masked(std::string text);

}  // namespace pbx::sip
