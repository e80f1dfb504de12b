#include "media/jitter_buffer.h"

#include <algorithm>
#include <cstdlib>

namespace pbx::media {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr int kSurplusFrames = 50;  // how long there must be too much before it is a surplus

std::int64_t microseconds_of(core::Instant instant) {
  return std::chrono::duration_cast<std::chrono::microseconds>(instant.time_since_epoch()).count();
}

std::int64_t microseconds_of(std::chrono::milliseconds ms) { return ms.count() * 1000; }

}  // namespace

JitterBuffer::JitterBuffer(const JitterOptions& options)
    : options_(options), target_delay_(options.delay_min), jitter_(options.clock_hz) {
  frame_ = options.frame.count() * options.clock_hz / 1000;
}

void JitterBuffer::reset(std::uint32_t clock_hz) {
  flush();
  phase_ = Phase::kIdle;
  options_.clock_hz = clock_hz;
  jitter_.reset(clock_hz);
  delay_.reset();
  target_delay_ = options_.delay_min;
  frame_ = options_.frame.count() * clock_hz / 1000;
}

std::int64_t JitterBuffer::microseconds(std::int64_t ticks) const {
  return ticks * kSecondUs / options_.clock_hz;
}

// --- packets in ---------------------------------------------------------------------------------

void JitterBuffer::flush() {
  for (Slot& slot : slots_) {
    slot.packet.release();
    slot.sequence = -1;
  }
  stored_ = 0;
  surplus_ = false;
}

void JitterBuffer::begin(const RtpHeader& header) {
  flush();
  delay_.reset();
  jitter_.reset(options_.clock_hz);
  sequence_.reset();
  timestamp_.reset();
  jump_.reset();
  phase_ = Phase::kWaiting;
  ssrc_ = header.ssrc;
  // Far from zero, so that packets older than the first have numbers too.
  next_ = std::int64_t{1} << 32 | header.sequence;
  sequence_.unwrap_from(next_);
  timestamp_.unwrap_from(std::int64_t{1} << 40 | header.timestamp);
  played_ = 0;
  held_ = concealed_ = 0;
}

bool JitterBuffer::is_restart(const RtpHeader& header, core::Instant arrival) {
  if (header.ssrc != ssrc_) return true;
  const std::int64_t ahead = sequence_.peek(header.sequence) - sequence_.last();
  if (ahead > kGapMax || ahead < -kMisorderMax) {
    const bool confirmed = jump_ == header.sequence;
    jump_ = static_cast<std::uint16_t>(header.sequence + 1);
    return confirmed;
  }
  jump_.reset();
  if (ahead <= 0) return false;
  const std::int64_t by_timestamp =
      microseconds(timestamp_.peek(header.timestamp) - timestamp_.last());
  const std::int64_t by_clock = microseconds_of(arrival) - microseconds_of(newest_arrival_);
  return std::abs(by_timestamp - by_clock) > kTimestampJumpMax / std::chrono::microseconds(1);
}

std::optional<JitterBuffer::Put> JitterBuffer::refusal(std::int64_t sequence,
                                                       std::int64_t timestamp) const {
  if (sequence < next_) {
    const std::int64_t behind = next_ - 1 - sequence;
    return behind < 64 && (played_ >> behind & 1) ? Put::kDuplicate : Put::kLate;
  }
  if (holds(sequence)) return Put::kDuplicate;
  if (phase_ == Phase::kPlaying && timestamp + frame_ <= cursor_) return Put::kLate;
  return std::nullopt;
}

JitterBuffer::Put JitterBuffer::put(core::Instant arrival, RtpPacket packet) {
  const RtpHeader& header = packet.header();
  ++stats_.received;
  Put verdict = Put::kStored;
  if (phase_ == Phase::kIdle) {
    begin(header);
  } else if (is_restart(header, arrival)) {
    ++stats_.restarts;
    begin(header);
    verdict = Put::kRestarted;
  } else if (jump_) {
    ++stats_.late;
    return Put::kLate;
  }
  const std::int64_t sequence = sequence_.peek(header.sequence);
  const std::int64_t timestamp = timestamp_.peek(header.timestamp);
  if (const auto refused = refusal(sequence, timestamp)) {
    ++(*refused == Put::kLate ? stats_.late : stats_.duplicate);
    if (*refused == Put::kLate) estimate(timestamp, arrival);  // it tells what would be enough
    return *refused;
  }
  make_room(sequence);
  estimate(timestamp, arrival);
  if (sequence >= sequence_.last()) {
    sequence_.unwrap(header.sequence);
    timestamp_.unwrap(header.timestamp);
    newest_arrival_ = arrival;
  }
  Slot& slot = slot_of(sequence);
  slot.sequence = sequence;
  slot.timestamp = timestamp;
  slot.packet = std::move(packet);
  ++stored_;
  return verdict;
}

void JitterBuffer::pass_over(std::uint16_t number) {
  if (phase_ == Phase::kIdle) return;
  const std::int64_t sequence = sequence_.peek(number);
  if (sequence < next_ || sequence - next_ >= static_cast<std::int64_t>(kSlots) || holds(sequence))
    return;
  slot_of(sequence).sequence = sequence;
  if (sequence > sequence_.last()) sequence_.unwrap(number);
}

// A packet over kSlots ahead: over a second was lost, and what is still in stock is too old.
void JitterBuffer::make_room(std::int64_t sequence) {
  if (sequence - next_ < static_cast<std::int64_t>(kSlots)) return;
  for (Slot* slot = first_stored(); slot != nullptr; slot = first_stored()) {
    ++stats_.dropped;
    slot->packet.release();
    --stored_;
    advance_to(slot->sequence, false);
  }
  stats_.lost += static_cast<std::uint64_t>(sequence - next_);
  flush();
  next_ = sequence;
  played_ = 0;
  phase_ = Phase::kWaiting;
}

void JitterBuffer::estimate(std::int64_t timestamp, core::Instant arrival) {
  const std::int64_t transit = microseconds_of(arrival) - microseconds(timestamp);
  jitter_.on_packet(static_cast<std::uint32_t>(timestamp), arrival);
  stats_.jitter = jitter_.duration();
  // After a pause a packet that no allowed delay could have saved tells of a new route.
  if (phase_ == Phase::kWaiting && stored_ == 0 &&
      transit - delay_.base_us() > microseconds_of(options_.delay_max))
    delay_.rebase(transit, arrival);
  delay_.on_packet(transit, arrival);
  const std::chrono::milliseconds enough(delay_.enough_us() / 1000);
  target_delay_ = std::clamp(enough, options_.delay_min, options_.delay_max);
}

// --- frames out ---------------------------------------------------------------------------------

JitterBuffer::Slot* JitterBuffer::first_stored() {
  if (stored_ == 0) return nullptr;
  for (std::int64_t sequence = next_; sequence <= sequence_.last(); ++sequence)
    if (holds(sequence) && slot_of(sequence).packet) return &slot_of(sequence);
  return nullptr;
}

bool JitterBuffer::is_due(const Slot& slot, core::Instant now) const {
  return microseconds(slot.timestamp) + delay_.base_us() + microseconds_of(target_delay_) <=
         microseconds_of(now);
}

bool JitterBuffer::is_loss_before(std::int64_t sequence) const {
  for (std::int64_t missing = next_; missing < sequence; ++missing)
    if (!holds(missing)) return true;
  return false;
}

// Moves next_ behind `sequence` and counts what never came in between.
void JitterBuffer::advance_to(std::int64_t sequence, bool played) {
  for (; next_ <= sequence; ++next_) {
    const bool was_here = holds(next_);
    if (!was_here) ++stats_.lost;
    if (was_here) slot_of(next_).sequence = -1;
    played_ = played_ << 1 | (was_here && (played || next_ != sequence) ? 1 : 0);
  }
}

void JitterBuffer::drop_overdue(core::Instant now) {
  if (phase_ != Phase::kPlaying) return;
  const std::int64_t bound_us = microseconds_of(options_.delay_max) + microseconds(frame_);
  for (Slot* slot = first_stored(); slot != nullptr; slot = first_stored()) {
    const std::int64_t waited =
        microseconds_of(now) - microseconds(slot->timestamp) - delay_.base_us();
    if (waited <= bound_us) return;
    ++stats_.dropped;
    slot->packet.release();
    --stored_;
    cursor_ = slot->timestamp + frame_;
    advance_to(slot->sequence, false);
  }
}

JitterBuffer::Take JitterBuffer::take(core::Instant now, RtpPacket& packet) {
  drop_overdue(now);
  Slot* slot = first_stored();
  if (slot == nullptr) return starve();
  if (phase_ == Phase::kPlaying && slot->timestamp - cursor_ - held_ > frame_ / 2) {
    if (is_loss_before(slot->sequence)) return wait_for(*slot);
    phase_ = Phase::kWaiting;  // nothing is missing: the sender paused
  }
  if (phase_ == Phase::kWaiting && !is_due(*slot, now)) return Take::kSilence;
  return deliver(*slot, now, packet);
}

// The stock ran out: a late packet, a lost one, or the end of a talk spurt; time will tell.
JitterBuffer::Take JitterBuffer::starve() {
  if (phase_ != Phase::kPlaying) return Take::kSilence;
  if (microseconds(concealed_) >= microseconds_of(kConcealMs)) {
    phase_ = Phase::kWaiting;
    return Take::kSilence;
  }
  concealed_ += frame_;
  held_ += frame_;
  ++stats_.concealed;
  return Take::kConceal;
}

// Packets before `slot` are lost: their time must pass.
JitterBuffer::Take JitterBuffer::wait_for(const Slot& slot) {
  cursor_ = std::min(cursor_ + held_ + frame_, slot.timestamp);
  held_ = 0;
  if (microseconds(concealed_) >= microseconds_of(kConcealMs)) return Take::kSilence;
  concealed_ += frame_;
  ++stats_.concealed;
  return Take::kConceal;
}

JitterBuffer::Take JitterBuffer::deliver(Slot& slot, core::Instant now, RtpPacket& packet) {
  phase_ = Phase::kPlaying;
  last_timestamp_ = slot.timestamp;
  cursor_ = slot.timestamp + frame_;
  held_ = concealed_ = 0;
  packet = std::move(slot.packet);
  --stored_;
  watch_surplus(now, slot.timestamp);
  advance_to(slot.sequence, true);
  return Take::kFrame;
}

void JitterBuffer::watch_surplus(core::Instant now, std::int64_t timestamp) {
  actual_us_ = microseconds_of(now) - microseconds(timestamp) - delay_.base_us();
  const std::int64_t excess = actual_us_ - microseconds_of(target_delay_);
  excess_min_us_ = excess_frames_ == 0 ? excess : std::min(excess_min_us_, excess);
  if (++excess_frames_ < kSurplusFrames) return;
  // One frame is what the tick itself may add; a second one is too many.
  surplus_ = excess_min_us_ > microseconds(2 * frame_) - 1000;
  excess_frames_ = 0;
}

bool JitterBuffer::take_surplus(core::Instant now, RtpPacket& packet) {
  Slot* slot = surplus_ ? first_stored() : nullptr;
  if (slot == nullptr || slot->sequence != next_ || slot->timestamp != cursor_) return false;
  surplus_ = false;
  deliver(*slot, now, packet);
  excess_frames_ = 0;  // what was measured before is no longer true
  return true;
}

const RtpPacket* JitterBuffer::following() const {
  // wait_for() has already moved the cursor over the concealed frame.
  for (std::int64_t sequence = next_; sequence <= sequence_.last(); ++sequence) {
    if (!holds(sequence) || !slot_of(sequence).packet) continue;
    const Slot& slot = slot_of(sequence);
    return sequence > next_ && slot.timestamp - cursor_ <= frame_ / 2 ? &slot.packet : nullptr;
  }
  return nullptr;
}

void JitterBuffer::set_frame(std::uint32_t ticks) {
  if (ticks == 0 || ticks > options_.clock_hz / 8) return;  // over 120 ms is no frame
  frame_ = ticks;
  cursor_ = last_timestamp_ + frame_;
}

void JitterBuffer::end_spurt() {
  if (phase_ == Phase::kPlaying) phase_ = Phase::kWaiting;
}

std::chrono::milliseconds JitterBuffer::actual_delay() const {
  return std::chrono::milliseconds(actual_us_ / 1000);
}

}  // namespace pbx::media
