#include "media/music.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "media/samples.h"

namespace pbx::media {
namespace {

// Twelve bars of 4/4 at 96 beats a minute: 30 s.
constexpr double kBeatSeconds = 60.0 / 96;
constexpr int kBeats = 48;

// Semitones above the A of 220 Hz.
double frequency(int note) { return 220.0 * std::pow(2.0, note / 12.0); }

constexpr int kRest = -100;

// A chord per bar, from its root upwards: C Am F G | C Em F G | Am F Dm-G C, in notes around A3.
constexpr std::array<std::array<int, 4>, 12> kChords = {{{3, 7, 10, 15},
                                                         {0, 3, 7, 12},
                                                         {-4, 3, 8, 12},
                                                         {-2, 2, 5, 10},
                                                         {3, 7, 10, 15},
                                                         {-5, 2, 7, 10},
                                                         {-4, 3, 8, 12},
                                                         {-2, 2, 8, 10},
                                                         {0, 3, 7, 12},
                                                         {-4, 0, 3, 8},
                                                         {-2, 5, 8, 10},
                                                         {3, 7, 10, 15}}};

// The melody in beats: two halves that answer each other, then a close.
constexpr std::array<int, kBeats> kMelody = {
    19, kRest, 22, 19, 15, kRest, 12,    kRest, 12, 15, 20, 19, 17, kRest, kRest, kRest,
    19, kRest, 22, 24, 22, kRest, 19,    kRest, 20, 24, 20, 15, 17, kRest, 14,    kRest,
    24, kRest, 22, 19, 20, kRest, kRest, 15,    17, 20, 17, 14, 15, kRest, kRest, kRest};

// A loop under construction; what rings beyond the end goes on at the beginning.
class Canvas {
 public:
  explicit Canvas(std::uint32_t sample_hz)
      : sample_hz_(sample_hz),
        samples_(static_cast<std::size_t>(kBeats * kBeatSeconds * sample_hz)) {}

  // A plucked string: overtones fade faster than the ground tone.
  void pluck(double beat, double hz, double level, double decay_seconds) {
    for (int harmonic = 1; harmonic <= 4; ++harmonic) {
      if (hz * harmonic > 3400) break;
      partial(beat, hz * harmonic, level / (harmonic * harmonic), decay_seconds / harmonic);
    }
  }
  [[nodiscard]] std::vector<std::int16_t> finished(double peak) const {
    float loudest = 0;
    for (const float sample : samples_) loudest = std::max(loudest, std::abs(sample));
    std::vector<std::int16_t> out;
    out.reserve(samples_.size());
    for (const float sample : samples_)
      out.push_back(saturate(sample * static_cast<float>(peak) / loudest));
    return out;
  }

 private:
  void partial(double beat, double hz, double level, double decay_seconds) {
    constexpr double kAttackSeconds = 0.008;  // no click at the start
    const double step = 2 * std::numbers::pi * hz / sample_hz_;
    const double fade = std::exp(-1.0 / (decay_seconds * sample_hz_));
    const auto length = static_cast<std::size_t>(decay_seconds * 6 * sample_hz_);
    const double attack = kAttackSeconds * sample_hz_;
    auto at = static_cast<std::size_t>(beat * kBeatSeconds * sample_hz_) % samples_.size();
    // A damped rotation gives the decaying sine without a call per sample.
    const double turn_re = std::cos(step) * fade, turn_im = std::sin(step) * fade;
    double re = level, im = 0;
    for (std::size_t i = 0; i < length; ++i) {
      const double rise = std::min(1.0, static_cast<double>(i) / attack);
      samples_[at] += static_cast<float>(im * rise);
      at = at + 1 == samples_.size() ? 0 : at + 1;
      const double next_re = re * turn_re - im * turn_im;
      im = re * turn_im + im * turn_re;
      re = next_re;
    }
  }

  std::uint32_t sample_hz_;
  std::vector<float> samples_;
};

void play_accompaniment(Canvas& canvas) {
  constexpr std::array<int, 8> kPattern = {0, 2, 1, 3, 2, 1, 3, 2};  // eighths over each chord
  for (std::size_t bar = 0; bar < kChords.size(); ++bar)
    for (std::size_t eighth = 0; eighth < kPattern.size(); ++eighth) {
      const int note = kChords[bar][static_cast<std::size_t>(kPattern[eighth])];
      const double level = eighth == 0 ? 0.5 : 0.32;
      canvas.pluck(static_cast<double>(bar * 4) + static_cast<double>(eighth) / 2,
                   frequency(note < 0 ? note + 12 : note), level, 0.5);
    }
}

void play_melody(Canvas& canvas) {
  for (std::size_t beat = 0; beat < kMelody.size(); ++beat)
    if (kMelody[beat] != kRest)
      canvas.pluck(static_cast<double>(beat), frequency(kMelody[beat]), 0.6, 0.8);
}

}  // namespace

std::shared_ptr<const Music> compose_music(std::uint32_t sample_hz) {
  constexpr double kPeak = 9000;  // some 12 dB below full scale: beneath a voice
  Canvas canvas(sample_hz);
  play_accompaniment(canvas);
  play_melody(canvas);
  return std::make_shared<const Music>(Music{sample_hz, canvas.finished(kPeak)});
}

void LoopPlayer::fill(std::span<std::int16_t> out) {
  const auto& samples = music_->samples;
  if (samples.empty()) {
    std::fill(out.begin(), out.end(), std::int16_t{0});
    return;
  }
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), samples.size() - at_);
    std::copy_n(samples.begin() + static_cast<long>(at_), count, out.begin());
    out = out.subspan(count);
    at_ = (at_ + count) % samples.size();
  }
}

}  // namespace pbx::media
