#include "media/tick_receiver.h"

#include <algorithm>

#include "media/path.h"
#include "media/samples.h"

namespace pbx::media {
namespace {

constexpr std::uint64_t kNoiseSeed = 3389;  // noise need not differ between legs

JitterOptions jitter_options(const EngineOptions& options, std::uint32_t clock_hz) {
  JitterOptions out;
  out.clock_hz = clock_hz;
  out.delay_min = options.jitter_delay_min;
  out.delay_max = options.jitter_delay_max;
  return out;
}

std::uint32_t first_clock(const call::MediaParams& params) {
  const call::Format* format = expected_format(params, nullptr);
  return format == nullptr ? 8000 : format->clock_hz;
}

// One frame in place of two: the first fades into the second.
void blend(std::span<std::int16_t> first, std::span<const std::int16_t> second) {
  const std::size_t length = std::min(first.size(), second.size());
  for (std::size_t i = 0; i < length; ++i) {
    const auto share = static_cast<std::int32_t>(i * 256 / length);
    first[i] = saturate((first[i] * (256 - share) + second[i] * share) / 256);
  }
}

}  // namespace

TickReceiver::TickReceiver(const call::MediaParams& params, const EngineOptions& options,
                           std::uint32_t wanted_hz)
    : formats_(params.receive),
      wanted_hz_(wanted_hz),
      jitter_(jitter_options(options, first_clock(params))),
      decoders_(params.receive.size()),
      clock_hz_(first_clock(params)),
      stock_(kStockMax),
      taken_(frame_samples(kSampleHzMax)) {}

bool TickReceiver::fits(const call::MediaParams& params, std::uint32_t wanted_hz) const {
  return wanted_hz == wanted_hz_ && params.receive == formats_;
}

int TickReceiver::format_of(std::uint8_t payload_type) const {
  for (std::size_t i = 0; i < formats_.size(); ++i)
    if (formats_[i].payload_type == payload_type) return static_cast<int>(i);
  return -1;
}

void TickReceiver::put(core::Instant now, const call::Format& format, RtpPacket packet) {
  // Timestamps of another clock have no place between those in stock.
  if (is_audio(format.codec) && format.clock_hz != clock_hz_) {
    clock_hz_ = format.clock_hz;
    jitter_.reset(clock_hz_);
  }
  (void)jitter_.put(now, std::move(packet));
}

AudioFrame TickReceiver::take(core::Instant now) {
  const std::size_t wanted = frame_samples(sample_hz_);
  refill(now, wanted);
  const std::size_t length = frame_samples(sample_hz_);  // refilling may have changed the codec
  if (stock_size_ == 0) {
    std::fill_n(taken_.begin(), length, std::int16_t{0});
    if (noise_) noise_->fill(std::span(taken_).first(length));
    return {std::span(taken_).first(length), sample_hz_, !noise_};
  }
  const std::size_t got = std::min(length, stock_size_);
  std::copy_n(stock_.begin(), got, taken_.begin());
  std::fill_n(taken_.begin() + static_cast<std::ptrdiff_t>(got), length - got, std::int16_t{0});
  std::copy(stock_.begin() + static_cast<std::ptrdiff_t>(got),
            stock_.begin() + static_cast<std::ptrdiff_t>(stock_size_), stock_.begin());
  stock_size_ -= got;
  return {std::span(taken_).first(length), sample_hz_, false};
}

void TickReceiver::refill(core::Instant now, std::size_t wanted) {
  while (stock_size_ < wanted) {
    RtpPacket packet;
    switch (jitter_.take(now, packet)) {
      case JitterBuffer::Take::kFrame: {
        const std::size_t before = stock_size_;
        play(packet);
        if (stock_size_ == before) return;  // noise, or a payload that is none
        shrink(now);
        wanted = frame_samples(sample_hz_);
        break;
      }
      case JitterBuffer::Take::kConceal: {
        const std::size_t before = stock_size_;
        conceal();
        if (stock_size_ == before) return;
        break;
      }
      case JitterBuffer::Take::kSilence:
        return;
    }
  }
}

void TickReceiver::play(const RtpPacket& packet) {
  const int index = format_of(packet.header().payload_type);
  if (index < 0) return;
  const call::Format& format = formats_[static_cast<std::size_t>(index)];
  if (!is_audio(format.codec)) return begin_noise(packet.payload());
  start_codec(static_cast<std::size_t>(index));
  if (decoder_ == nullptr) return;
  const std::size_t count = decoder_->decode(packet.payload(), room());
  if (count == 0) return;
  noise_.reset();
  frame_length_ = count;
  stock_size_ += count;
  jitter_.set_frame(static_cast<std::uint32_t>(count * format.clock_hz / sample_hz_));
}

void TickReceiver::begin_noise(std::span<const std::uint8_t> description) {
  jitter_.end_spurt();
  const auto model = parse_noise(description);
  if (!model) return;
  if (!noise_) noise_.emplace(core::Random(kNoiseSeed));
  noise_->set(*model);
}

void TickReceiver::start_codec(std::size_t index) {
  auto& slot = decoders_[index];
  if (slot == nullptr) {
    CodecOptions options;
    if (runs_at(formats_[index], wanted_hz_)) options.sample_hz = wanted_hz_;
    auto made = make_decoder(formats_[index], options);
    if (made) slot = std::move(*made);
  }
  if (slot.get() == decoder_) return;
  decoder_ = slot.get();
  if (decoder_ == nullptr || decoder_->sample_hz() == sample_hz_) return;
  sample_hz_ = decoder_->sample_hz();
  stock_size_ = 0;  // samples of another rate; at most one frame is lost at a change of codec
}

void TickReceiver::conceal() {
  const std::size_t length = frame_length_ == 0 ? frame_samples(sample_hz_) : frame_length_;
  if (decoder_ == nullptr || room().size() < length) return;
  const RtpPacket* next = jitter_.following();
  const bool same =
      next != nullptr && format_of(next->header().payload_type) >= 0 &&
      decoders_[static_cast<std::size_t>(format_of(next->header().payload_type))].get() == decoder_;
  decoder_->conceal(same ? next->payload() : std::span<const std::uint8_t>{}, room().first(length));
  stock_size_ += length;
}

// Catches up with a delay that is longer than needed.
void TickReceiver::shrink(core::Instant now) {
  if (!jitter_.has_surplus()) return;
  RtpPacket surplus;
  if (!jitter_.take_surplus(now, surplus)) return;
  const std::size_t first = stock_size_ - frame_length_;
  const std::size_t first_length = frame_length_;
  play(surplus);
  if (stock_size_ != first + first_length + frame_length_) return;
  blend(std::span(stock_).subspan(first, first_length),
        std::span(stock_).subspan(first + first_length, frame_length_));
  stock_size_ = first + first_length;
}

}  // namespace pbx::media
