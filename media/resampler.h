// media/resampler.h — changes the rate of samples; the one file behind it sees speexdsp and soxr.
//
// Live streams use speexdsp at kLiveQuality: two legs of a call are worth about 60 dB of signal to
// noise in the pass band, at a few microseconds a frame.  Whole files use soxr at its best, once.
//
// Owner of a Resampler: the stream it belongs to.  Making one allocates, using it does not.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

extern "C" {
struct SpeexResamplerState_;
}

namespace pbx::media {

class Resampler {
 public:
  static constexpr int kLiveQuality = 3;  // of 0 to 10; what the library calls VoIP quality

  // Rates of 8000 to 48000.
  Resampler(std::uint32_t from_hz, std::uint32_t to_hz);
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;
  ~Resampler();

  // Returns how many samples were written.  A stream of frames that hold whole numbers of samples
  // at both rates (20 ms always does) gives frames of just that length, the first one included.
  // REQUIRES: `out` has room for output_samples(in.size()).
  std::size_t process(std::span<const std::int16_t> in, std::span<std::int16_t> out);
  [[nodiscard]] std::size_t output_samples(std::size_t input_samples) const;  // at most
  [[nodiscard]] std::size_t latency_samples() const;                          // of the output

 private:
  struct Destroy {
    void operator()(SpeexResamplerState_* state) const;
  };
  std::uint32_t from_hz_, to_hz_;
  std::unique_ptr<SpeexResamplerState_, Destroy> state_;
};

// A whole recording or announcement, mono.
[[nodiscard]] std::vector<std::int16_t> resample_whole(std::span<const std::int16_t> in,
                                                       std::uint32_t from_hz, std::uint32_t to_hz);

}  // namespace pbx::media
