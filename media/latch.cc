#include "media/latch.h"

namespace pbx::media {

void Latch::update(const core::SocketAddress& signalled) {
  if (signalled == signalled_) return;
  // 0.0.0.0 is how old phones say hold: it names no new place.
  if (!signalled || signalled.ip.is_unspecified()) return;
  signalled_ = signalled;
  target_ = signalled;
  locked_ = false;
  candidate_ = {};
  candidate_packets_ = 0;
}

bool Latch::on_packet(core::Instant now, const core::SocketAddress& source) {
  if (!locked_) return learn(now, source);
  if (source == target_) {
    heard_at_ = now;
    return true;
  }
  // Two sources within the time of change: the one that the signalling names is the true one.
  if (source == signalled_ && now - locked_at_ < kChange) {
    lock(now, source);
    return true;
  }
  if (now - heard_at_ < kSilence) return false;
  locked_ = false;
  candidate_packets_ = 0;
  return learn(now, source);
}

bool Latch::learn(core::Instant now, const core::SocketAddress& source) {
  if (source == signalled_) {
    lock(now, source);
    return true;
  }
  if (!is_believable(source)) return false;
  if (source != candidate_) {
    // Of two candidates the first keeps its turn, so that a stranger cannot starve it.
    if (candidate_packets_ > 0 && now - heard_at_ < kSilence / 10) return false;
    candidate_ = source;
    candidate_packets_ = 0;
  }
  heard_at_ = now;
  if (++candidate_packets_ >= kProbation) lock(now, source);
  return true;
}

void Latch::lock(core::Instant now, const core::SocketAddress& source) {
  if (mode_ != LatchMode::kOff || source == signalled_)
    target_ = source;
  else
    target_ = signalled_;
  locked_ = mode_ != LatchMode::kOff;
  locked_at_ = heard_at_ = now;
  candidate_ = {};
  candidate_packets_ = 0;
}

bool Latch::is_believable(const core::SocketAddress& source) const {
  const bool host_known = signalled_ && !signalled_.ip.is_unspecified();
  if (mode_ == LatchMode::kOn) return true;
  return host_known ? source.ip == signalled_.ip : mode_ == LatchMode::kStrict ? false : true;
}

}  // namespace pbx::media
