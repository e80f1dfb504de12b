#include "media/inband_dtmf.h"

#include <spandsp.h>

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace pbx::media {
namespace {

constexpr std::uint32_t kSampleHz = 8000;
constexpr std::size_t kBlockSamples = 102;  // the detector's; it reports at the end of one
// A digit is confirmed by the second block in a row and ends with the first without it.
constexpr std::uint64_t kConfirmSamples = 2 * kBlockSamples;

struct Free {
  void operator()(dtmf_rx_state_t* state) const { dtmf_rx_free(state); }
};

}  // namespace

struct InbandDtmfDetector::State {
  explicit State(std::uint32_t sample_hz) : divisor(sample_hz / kSampleHz) {
    PBX_ASSERT(sample_hz % kSampleHz == 0 && divisor >= 1);
    PBX_ASSERT(detector != nullptr);
    dtmf_rx_set_realtime_callback(detector.get(), &State::on_change, this);
    dtmf_rx_parms(detector.get(), 0, kTwistDb, kReverseTwistDb, kThresholdDbm0);
  }

  static void on_change(void* self, int code, int /*level*/, int /*delay*/) {
    static_cast<State*>(self)->note(static_cast<char>(code));
  }
  void note(char code) {
    if (digit != 0)
      ended.add({.digit = digit,
                 .duration = std::chrono::milliseconds((heard - began) * 1000 / kSampleHz)});
    digit = code;
    began = heard > kConfirmSamples ? heard - kConfirmSamples : 0;
  }

  // The mean of `divisor` samples: weak as a filter, but what folds back into the range of the
  // digits lies where speech has little.
  std::size_t thin(std::span<const std::int16_t>& samples, std::span<std::int16_t> out) const {
    const std::size_t count = std::min(samples.size() / divisor, out.size());
    for (std::size_t i = 0; i < count; ++i) {
      std::int32_t sum = 0;
      for (std::size_t j = 0; j < divisor; ++j) sum += samples[i * divisor + j];
      out[i] = static_cast<std::int16_t>(sum / static_cast<std::int32_t>(divisor));
    }
    samples = samples.subspan(count == 0 ? samples.size() : count * divisor);
    return count;
  }

  void detect(std::span<const std::int16_t> samples) {
    // In single blocks, so that `heard` is right when the detector calls back.
    while (!samples.empty()) {
      const std::size_t count = std::min(samples.size(), kBlockSamples - heard % kBlockSamples);
      heard += count;
      dtmf_rx(detector.get(), samples.data(), static_cast<int>(count));
      samples = samples.subspan(count);
    }
  }

  std::uint32_t divisor;
  std::unique_ptr<dtmf_rx_state_t, Free> detector{dtmf_rx_init(nullptr, nullptr, nullptr)};
  std::uint64_t heard = 0;  // samples at 8000
  std::uint64_t began = 0;
  char digit = 0;  // 0: none now
  Digits ended;
};

InbandDtmfDetector::InbandDtmfDetector(std::uint32_t sample_hz)
    : state_(std::make_unique<State>(sample_hz)) {}
InbandDtmfDetector::InbandDtmfDetector(InbandDtmfDetector&&) noexcept = default;
InbandDtmfDetector& InbandDtmfDetector::operator=(InbandDtmfDetector&&) noexcept = default;
InbandDtmfDetector::~InbandDtmfDetector() = default;

Digits InbandDtmfDetector::feed(std::span<const std::int16_t> samples) {
  state_->ended = {};
  if (state_->divisor == 1) {
    state_->detect(samples);
    return state_->ended;
  }
  std::array<std::int16_t, kBlockSamples> narrow;
  while (!samples.empty()) state_->detect(std::span(narrow).first(state_->thin(samples, narrow)));
  return state_->ended;
}

bool InbandDtmfDetector::is_hearing() const {
  return state_->digit != 0 || dtmf_rx_status(state_->detector.get()) != 0;
}

}  // namespace pbx::media
