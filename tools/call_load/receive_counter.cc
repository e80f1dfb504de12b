#include "tools/call_load/receive_counter.h"

#include <algorithm>

namespace pbx::call_load {

bool ReceiveCounter::add(std::uint32_t sequence) {
  if (unique_ == 0) {
    unique_ = 1;
    first_ = highest_ = sequence;
    seen_ = 1;
    return false;
  }
  if (sequence > highest_) {
    const std::uint32_t step = sequence - highest_;
    seen_ = step < kWindow ? seen_ << step | 1 : 1;
    highest_ = sequence;
    ++unique_;
    return step == 1;
  }
  const std::uint32_t behind = highest_ - sequence;
  const std::uint64_t bit = behind < kWindow ? std::uint64_t{1} << behind : 0;
  if ((seen_ & bit) != 0) {
    ++duplicated_;
    return false;
  }
  seen_ |= bit;
  first_ = std::min(first_, sequence);
  ++unique_;
  ++reordered_;
  return false;
}

std::uint32_t SequenceExtender::extend(std::uint16_t sequence, std::uint32_t ssrc,
                                       bool& is_new_stream) {
  // Far from zero, so that a packet from before the first one has a place too.
  constexpr std::int64_t kOrigin = 1 << 20;
  const auto step = static_cast<std::int16_t>(
      static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(highest_)));
  is_new_stream = !has_begun_ || ssrc != ssrc_ || step > kJump || step < -kJump;
  if (is_new_stream) {
    has_begun_ = true;
    ssrc_ = ssrc;
    highest_ = (kOrigin & ~std::int64_t{0xffff}) | sequence;
    return static_cast<std::uint32_t>(highest_);
  }
  const std::int64_t extended = highest_ + step;
  highest_ = std::max(highest_, extended);
  return static_cast<std::uint32_t>(extended);
}

}  // namespace pbx::call_load
