// media/latch.h — decides where a leg's packets go to and whose packets it believes.
//
// Pure.  Behind NAT the address that SDP names is not where packets come from (symmetric RTP,
// RFC 4961), so the leg follows the source of the first packets.  A stranger must not be able to
// take a running stream over, so after a probation the source is locked.
//
//   state      packet from            then
//   kLearning  signalled address      locked to it
//              signalled host         candidate; locked after kProbation packets in a row
//              elsewhere              the same; refused at once if strict
//   kLocked    the locked source      believed
//              signalled address      believed and locked to, within kChange of the lock
//              elsewhere              refused; after kSilence without the locked source: kLearning
//
// A new offer with another address starts kLearning afresh.  While it is learning the leg sends to
// the signalled address, or to the source it had before.

#pragma once

#include <cstdint>

#include "core/base/net.h"
#include "core/base/time.h"

namespace pbx::media {

enum class LatchMode : std::uint8_t {
  kOff,     // packets go where the signalling says and are believed from that host only
  kOn,      // the source of the first packets is followed
  kStrict,  // the same, but only within the host that the signalling names
};

class Latch {
 public:
  static constexpr int kProbation = 3;  // packets in a row from one source
  static constexpr core::Duration kSilence = std::chrono::seconds(5);
  static constexpr core::Duration kChange = std::chrono::seconds(3);

  Latch(LatchMode mode, const core::SocketAddress& signalled)
      : mode_(mode), signalled_(signalled), target_(signalled) {}

  // A new description of the remote side.  Learns again only if the address is another one.
  void update(const core::SocketAddress& signalled);

  // Is the packet to be believed?  Call only for packets that are valid RTP.
  [[nodiscard]] bool on_packet(core::Instant now, const core::SocketAddress& source);

  // Where to send; false in bool context while nothing is known.
  [[nodiscard]] const core::SocketAddress& target() const { return target_; }
  [[nodiscard]] bool is_locked() const { return locked_; }
  [[nodiscard]] const core::SocketAddress& signalled() const { return signalled_; }

 private:
  bool learn(core::Instant now, const core::SocketAddress& source);
  void lock(core::Instant now, const core::SocketAddress& source);
  [[nodiscard]] bool is_believable(const core::SocketAddress& source) const;

  LatchMode mode_;
  core::SocketAddress signalled_;
  core::SocketAddress target_;
  core::SocketAddress candidate_;
  int candidate_packets_ = 0;
  bool locked_ = false;
  core::Instant locked_at_{};
  core::Instant heard_at_{};  // the last packet from the locked source
};

}  // namespace pbx::media
