// media/tone.h — call progress tones as cadences of sines, by country, and what generates them.
//
// Pure.  Sources: ITU-T E.180/Q.35 (meaning, levels), E.180 Supplement 2 (national tones; the UK
// from BT SIN 350), ANSI T1.401 and GR-506 for North America, Q.23 for DTMF.  Where a country
// defines no such tone the nearest thing its subscribers know is used, as noted in tone.cc.
//
// Levels are dBm0: a sine of 0 dBm0 is 3.14 dB below the loudest that A-law can carry (G.711, 4).

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "core/call/media_command.h"
#include "core/config/server.h"

namespace pbx::media {

struct ToneSegment {
  std::array<double, 2> hz{};  // 0: not used; both 0: silence
  std::uint32_t ms = 0;        // 0: for ever
};

class ToneSpec {
 public:
  static constexpr std::size_t kSegmentsMax = 8;

  constexpr ToneSpec(std::initializer_list<ToneSegment> segments, int times, double level_dbm0)
      : times_(times), level_dbm0_(level_dbm0) {
    for (const ToneSegment& segment : segments)
      if (count_ < kSegmentsMax) segments_[count_++] = segment;
  }
  [[nodiscard]] constexpr std::span<const ToneSegment> segments() const {
    return std::span(segments_).first(count_);
  }
  [[nodiscard]] constexpr int times() const { return times_; }               // 0: repeats for ever
  [[nodiscard]] constexpr double level_dbm0() const { return level_dbm0_; }  // of each frequency

 private:
  std::array<ToneSegment, kSegmentsMax> segments_{};
  std::size_t count_ = 0;
  int times_;
  double level_dbm0_;
};

[[nodiscard]] const ToneSpec& tone_of(config::Country country, call::Tone tone);

// The two frequencies of a digit, once, followed by a pause.  nullopt if it is none.
[[nodiscard]] std::optional<ToneSpec> dtmf_tone(char digit, std::chrono::milliseconds on,
                                                std::chrono::milliseconds off);

// Peak of a sine of this level in 16-bit samples.
[[nodiscard]] double amplitude_of(double level_dbm0);

class ToneGenerator {
 public:
  ToneGenerator(const ToneSpec& spec, std::uint32_t sample_hz);

  // Fills `out`; after the end with silence.  Returns how many samples were still tone or cadence.
  std::size_t fill(std::span<std::int16_t> out);
  [[nodiscard]] bool is_over() const { return over_; }

 private:
  // y[n] = 2 cos(w) y[n-1] - y[n-2]: one multiplication per sample.
  struct Oscillator {
    double factor = 0, last = 0, before_last = 0;
    double next() {
      const double value = factor * last - before_last;
      before_last = last;
      last = value;
      return value;
    }
  };
  void begin_segment();
  void begin_next_segment();

  ToneSpec spec_;
  std::uint32_t sample_hz_;
  std::array<Oscillator, 2> oscillators_;
  std::size_t sounding_ = 0;  // of them
  std::size_t segment_ = 0;
  std::uint64_t left_ = 0;  // samples of the segment; kForEver
  int repeated_ = 0;
  bool over_ = false;
};

}  // namespace pbx::media
