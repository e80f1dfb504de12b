#include "media/recording_side.h"

#include <algorithm>

namespace pbx::media {

void SampleWindow::write(std::int64_t position, std::span<const std::int16_t> samples) {
  if (position < begin_) {
    const auto before = static_cast<std::size_t>(begin_ - position);
    if (before >= samples.size()) return;
    samples = samples.subspan(before);
    position = begin_;
  }
  const auto size = static_cast<std::int64_t>(ring_.size());
  const std::int64_t room = begin_ + size - position;
  if (room <= 0) return;
  samples = samples.first(std::min(samples.size(), static_cast<std::size_t>(room)));
  const auto at = static_cast<std::size_t>(position % size);
  const std::size_t head = std::min(samples.size(), ring_.size() - at);
  std::copy_n(samples.begin(), head, ring_.begin() + static_cast<std::ptrdiff_t>(at));
  std::copy(samples.begin() + static_cast<std::ptrdiff_t>(head), samples.end(), ring_.begin());
}

void SampleWindow::take(std::span<std::int16_t> out, std::size_t stride) {
  auto at = static_cast<std::size_t>(begin_ % static_cast<std::int64_t>(ring_.size()));
  for (std::size_t i = 0; i < out.size(); i += stride) {
    out[i] = std::exchange(ring_[at], std::int16_t{0});
    if (++at == ring_.size()) at = 0;
    ++begin_;
  }
}

RecordingSide::RecordingSide(std::uint32_t file_hz, core::Instant start)
    : file_hz_(file_hz), start_(start), decoded_(kFrameSamplesMax) {}

std::int64_t RecordingSide::samples(core::Duration time) const {
  return time.count() * file_hz_ / 1'000'000'000;
}
std::int64_t RecordingSide::arrival(const Pending& packet) const {
  return samples(packet.entry.at - start_);
}
bool RecordingSide::is_anchored(const Pending& packet) const {
  return anchor_ && anchor_->epoch == packet.epoch && anchor_->clock_hz == packet.entry.clock_hz;
}
std::int64_t RecordingSide::position(const Pending& packet) const {
  const std::int64_t ticks = distance(anchor_->timestamp, packet.entry.timestamp);
  return anchor_->position + ticks * file_hz_ / anchor_->clock_hz;
}

void RecordingSide::put(const RecordEntry& entry, std::span<const std::uint8_t> payload) {
  if (entry.ssrc != ssrc_ || epoch_ == 0) {
    ssrc_ = entry.ssrc;
    ++epoch_;
    unwrapper_.reset();
  }
  const std::int64_t sequence = unwrapper_.unwrap(entry.sequence);
  auto at = pending_.end();
  while (at != pending_.begin()) {
    const Pending& before = *std::prev(at);
    if (before.epoch == epoch_ && before.sequence == sequence) return;
    if (before.epoch < epoch_ || before.sequence < sequence) break;
    --at;
  }
  pending_.insert(at, Pending{epoch_, sequence, entry, {payload.begin(), payload.end()}});
}

void RecordingSide::advance(core::Instant now, SampleWindow& window) {
  while (!pending_.empty() &&
         (pending_.front().entry.at <= now - kWait || pending_.size() > kPendingMax)) {
    place(pending_.front(), window);
    pending_.pop_front();
  }
}

void RecordingSide::finish(SampleWindow& window) {
  for (; !pending_.empty(); pending_.pop_front()) place(pending_.front(), window);
}

// By how much the earliest of the packets in sight came after the position its timestamp gives it.
std::int64_t RecordingSide::least_delay(const Pending& packet) const {
  std::int64_t least = arrival(packet) - position(packet);
  for (const Pending& other : pending_)
    if (is_anchored(other)) least = std::min(least, arrival(other) - position(other));
  return least;
}

void RecordingSide::follow(const Pending& packet) {
  if (!is_anchored(packet)) {
    anchor_ = Anchor{packet.epoch, packet.entry.clock_hz, packet.entry.timestamp, arrival(packet)};
    anchor_->position += least_delay(packet);
    drift_packets_ = 0;
    return;
  }
  // Timestamps far from the anchor would overflow the distance: it moves along.
  anchor_->position = position(packet);
  anchor_->timestamp = packet.entry.timestamp;
  const std::int64_t least = least_delay(packet);
  const bool moved = std::abs(least) > samples(kJump) || least < -samples(kEarly);
  drift_least_ = drift_packets_ == 0 ? least : std::min(drift_least_, least);
  const bool drifted = ++drift_packets_ >= kDriftPackets && drift_least_ > samples(kDrift);
  if (moved)
    anchor_->position += least;
  else if (drifted)
    anchor_->position += drift_least_;
  if (moved || drift_packets_ >= kDriftPackets) drift_packets_ = 0;
}

bool RecordingSide::prepare_decoder(const RecordEntry& entry) {
  if (decoder_ && codec_ == entry.codec && codec_clock_hz_ == entry.clock_hz) return true;
  const call::Format format{entry.codec, 0, entry.clock_hz, ""};
  CodecOptions options;
  if (runs_at(format, file_hz_)) options.sample_hz = file_hz_;
  auto made = make_decoder(format, options);
  decoder_ = made ? std::move(*made) : nullptr;
  codec_ = entry.codec;
  codec_clock_hz_ = entry.clock_hz;
  resampler_.reset();
  placed_any_ = false;
  if (decoder_ && decoder_->sample_hz() != file_hz_)
    resampler_.emplace(decoder_->sample_hz(), file_hz_);
  return decoder_ != nullptr;
}

std::span<const std::int16_t> RecordingSide::at_file_rate(std::span<const std::int16_t> samples) {
  if (!resampler_) return samples;
  resampled_.resize(samples.size() * file_hz_ / decoder_->sample_hz() + 64);
  return std::span(resampled_).first(resampler_->process(samples, resampled_));
}

void RecordingSide::place(const Pending& packet, SampleWindow& window) {
  follow(packet);
  if (packet.entry.codec == call::Codec::kComfortNoise || !prepare_decoder(packet.entry)) {
    placed_any_ = false;
    return;
  }
  const std::int64_t at = position(packet);
  conceal_gap(packet, at, window);
  const std::size_t count = decoder_->decode(packet.payload, decoded_);
  const auto out = at_file_rate(std::span(decoded_).first(count));
  window.write(at, out);
  placed_any_ = count > 0;
  placed_epoch_ = packet.epoch;
  placed_sequence_ = packet.sequence;
  placed_end_ = at + static_cast<std::int64_t>(out.size());
}

void RecordingSide::conceal_gap(const Pending& packet, std::int64_t position,
                                SampleWindow& window) {
  const bool lost =
      placed_any_ && placed_epoch_ == packet.epoch && packet.sequence > placed_sequence_ + 1;
  const std::int64_t gap = position - placed_end_;
  if (!lost || gap <= 0 || gap > samples(kConcealMax)) return;
  const auto count = static_cast<std::size_t>(gap * decoder_->sample_hz() / file_hz_);
  if (count == 0 || count > decoded_.size()) return;
  const auto missing = std::span(decoded_).first(count);
  decoder_->conceal(packet.payload, missing);
  window.write(placed_end_, at_file_rate(missing));
}

}  // namespace pbx::media
