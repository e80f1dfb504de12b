// media/mixer.h — who hears whom, how loud, in one tick.
//
// Pure; owner: the media worker.  Memory is taken at construction, nothing allocates later.
//
// Per tick: begin(), speak() for each input that has a frame, then listen() for each output.  A
// listener with plain gains gets the sum of all less his own voice, one subtraction a sample; one
// with gains of his own (whisper, listen only, a louder side) is mixed by himself.
//
// Units: 16-bit mono samples of one rate.  Sums are 32 bits wide and saturate at the end, never
// before.  A gain of 1.0 is exact: a lone speaker is passed on bit by bit.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pbx::media {

// A factor from 0 to kMax in steps of 1/4096.
class Gain {
 public:
  static constexpr double kMax = 4.0;  // +12 dB

  constexpr Gain() = default;
  constexpr explicit Gain(double factor)
      : scaled_(static_cast<std::int32_t>((factor < 0      ? 0
                                           : factor > kMax ? kMax
                                                           : factor) *
                                              4096 +
                                          0.5)) {}
  [[nodiscard]] static Gain of_db(double db);

  [[nodiscard]] constexpr std::int32_t apply(std::int16_t sample) const {
    // Rounds to nearest, symmetric enough: half a step of bias at most.
    return (sample * scaled_ + 2048) >> 12;
  }
  friend constexpr bool operator==(Gain, Gain) = default;

 private:
  std::int32_t scaled_ = 4096;
};
constexpr Gain kUnity{};
constexpr Gain kMute{0.0};

class Mixer {
 public:
  static constexpr std::size_t kInputsMax = 64;  // wider conferences are trees of mixers

  // REQUIRES: inputs <= kInputsMax.
  Mixer(std::size_t inputs, std::size_t frame_samples);

  // How loud `listener` hears `speaker`, from the next listen() on.  Everybody hears everybody else
  // at kUnity and himself not at all until told otherwise.
  void set_gain(std::size_t listener, std::size_t speaker, Gain gain);
  [[nodiscard]] Gain gain(std::size_t listener, std::size_t speaker) const;
  void reset_gains(std::size_t input);  // as at the beginning: the place is given to someone else

  void begin();  // a new tick: nobody has spoken
  // REQUIRES: frame.size() == frame_samples; at most once per input and tick.
  void speak(std::size_t input, std::span<const std::int16_t> frame);
  // Writes what `listener` hears; silence if nobody spoke.  Returns whether anybody did.
  bool listen(std::size_t listener, std::span<std::int16_t> out) const;

  [[nodiscard]] std::size_t inputs() const { return inputs_; }
  [[nodiscard]] std::size_t frame_samples() const { return frame_samples_; }

 private:
  [[nodiscard]] std::span<const std::int16_t> frame_of(std::size_t input) const;
  bool listen_plain(std::size_t listener, std::span<std::int16_t> out) const;
  bool listen_special(std::size_t listener, std::span<std::int16_t> out) const;

  std::size_t inputs_;
  std::size_t frame_samples_;
  std::vector<Gain> gains_;            // [listener][speaker]
  std::vector<std::uint8_t> special_;  // per listener: any gain differs from plain
  std::vector<std::uint8_t> spoke_;    // per input, in this tick
  std::vector<std::int16_t> frames_;   // [input][sample]
  std::vector<std::int32_t> sum_;
  std::size_t speakers_ = 0;
  mutable std::vector<std::int32_t> scratch_;
};

// Adds `in`, scaled, to `out`, saturating.  For laying one tone over a stream.
void mix_into(std::span<const std::int16_t> in, Gain gain, std::span<std::int16_t> out);
// Scales in place, saturating.
void amplify(Gain gain, std::span<std::int16_t> samples);

}  // namespace pbx::media
