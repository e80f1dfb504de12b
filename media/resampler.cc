#include "media/resampler.h"

#include <soxr.h>
#include <speex/speex_resampler.h>

#include <algorithm>

#include "core/base/assert.h"

namespace pbx::media {

void Resampler::Destroy::operator()(SpeexResamplerState_* state) const {
  speex_resampler_destroy(state);
}

Resampler::Resampler(std::uint32_t from_hz, std::uint32_t to_hz)
    : from_hz_(from_hz),
      to_hz_(to_hz),
      state_(speex_resampler_init(1, from_hz, to_hz, kLiveQuality, nullptr)) {
  PBX_ASSERT(state_ != nullptr);  // rates are ours; only the lack of memory is left
}
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;
Resampler::~Resampler() = default;

std::size_t Resampler::output_samples(std::size_t input_samples) const {
  return (input_samples * to_hz_ + from_hz_ - 1) / from_hz_;
}

std::size_t Resampler::latency_samples() const {
  return static_cast<std::size_t>(speex_resampler_get_output_latency(state_.get()));
}

std::size_t Resampler::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) {
  PBX_ASSERT(out.size() >= output_samples(in.size()));
  auto read = static_cast<spx_uint32_t>(in.size());
  auto written = static_cast<spx_uint32_t>(out.size());
  speex_resampler_process_int(state_.get(), 0, in.data(), &read, out.data(), &written);
  return written;
}

std::vector<std::int16_t> resample_whole(std::span<const std::int16_t> in, std::uint32_t from_hz,
                                         std::uint32_t to_hz) {
  if (from_hz == to_hz || in.empty()) return {in.begin(), in.end()};
  std::vector<std::int16_t> out(
      static_cast<std::size_t>(static_cast<std::uint64_t>(in.size()) * to_hz / from_hz));
  const soxr_io_spec_t format = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  std::size_t read = 0, written = 0;
  const soxr_error_t error =
      soxr_oneshot(from_hz, to_hz, 1, in.data(), in.size(), &read, out.data(), out.size(), &written,
                   &format, &quality, nullptr);
  // It fails only without memory: silence of the right length is better than half a sentence.
  if (error != nullptr) written = 0;
  std::fill(out.begin() + static_cast<long>(written), out.end(), std::int16_t{0});
  return out;
}

}  // namespace pbx::media
