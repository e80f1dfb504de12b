#include "media/tone.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

#include "media/samples.h"

namespace pbx::media {
namespace {

constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();
constexpr double kSingle = -10;   // dBm0; E.180 5: -10 +- 5
constexpr double kDual = -13;     // each of two: together the same power
constexpr double kWaiting = -18;  // under a conversation

constexpr ToneSegment on(double hz, std::uint32_t ms) { return {{hz, 0}, ms}; }
constexpr ToneSegment on(double a_hz, double b_hz, std::uint32_t ms) { return {{a_hz, b_hz}, ms}; }
constexpr ToneSegment off(std::uint32_t ms) { return {{}, ms}; }

struct NationalTones {
  ToneSpec ringback, busy, congestion, unobtainable, dial, confirm, waiting;
};

// E.180 5.5, the special information tone: three notes in ascending order, then a second of pause.
constexpr ToneSpec kSpecialInformation{
    {on(950, 330), on(1400, 330), on(1800, 330), off(1000)}, 0, kSingle};

constexpr NationalTones kRussia{
    .ringback = {{on(425, 1000), off(4000)}, 0, kSingle},
    .busy = {{on(425, 350), off(350)}, 0, kSingle},
    .congestion = {{on(425, 175), off(175)}, 0, kSingle},
    .unobtainable = kSpecialInformation,
    .dial = {{on(425, 0)}, 0, kSingle},
    .confirm = {{on(425, 100), off(100)}, 3, kSingle},  // none is defined
    .waiting = {{on(425, 200), off(5000)}, 0, kWaiting}};

constexpr NationalTones kGermany{
    .ringback = {{on(425, 1000), off(4000)}, 0, kSingle},
    .busy = {{on(425, 480), off(480)}, 0, kSingle},
    .congestion = {{on(425, 240), off(240)}, 0, kSingle},
    .unobtainable = kSpecialInformation,
    .dial = {{on(425, 0)}, 0, kSingle},
    .confirm = {{on(425, 100), off(100)}, 3, kSingle},  // none is defined
    .waiting = {{on(425, 200), off(200), on(425, 200), off(5000)}, 0, kWaiting}};

constexpr NationalTones kUnitedStates{
    .ringback = {{on(440, 480, 2000), off(4000)}, 0, kDual},
    .busy = {{on(480, 620, 500), off(500)}, 0, kDual},
    .congestion = {{on(480, 620, 250), off(250)}, 0, kDual},
    .unobtainable = {{on(985.2, 380), on(1370.6, 274), on(1776.7, 380), off(1000)}, 0, kSingle},
    .dial = {{on(350, 440, 0)}, 0, kDual},
    .confirm = {{on(350, 440, 100), off(100)}, 3, kDual},
    .waiting = {{on(440, 300), off(10000)}, 0, kWaiting}};

constexpr NationalTones kUnitedKingdom{
    .ringback = {{on(400, 450, 400), off(200), on(400, 450, 400), off(2000)}, 0, kDual},
    .busy = {{on(400, 375), off(375)}, 0, kSingle},
    .congestion = {{on(400, 400), off(350), on(400, 225), off(525)}, 0, kSingle},
    .unobtainable = {{on(400, 0)}, 0, kSingle},  // number unobtainable: continuous
    .dial = {{on(350, 440, 0)}, 0, kDual},
    .confirm = {{on(400, 100), off(100)}, 3, kSingle},  // none is defined
    .waiting = {{on(400, 100), off(3000)}, 0, kWaiting}};

const NationalTones& tones_of(config::Country country) {
  switch (country) {
    case config::Country::kUs:
      return kUnitedStates;
    case config::Country::kUk:
      return kUnitedKingdom;
    case config::Country::kDe:
      return kGermany;
    case config::Country::kRu:
      break;
  }
  return kRussia;
}

}  // namespace

const ToneSpec& tone_of(config::Country country, call::Tone tone) {
  const NationalTones& tones = tones_of(country);
  switch (tone) {
    case call::Tone::kRingback:
      return tones.ringback;
    case call::Tone::kBusy:
      return tones.busy;
    case call::Tone::kCongestion:
    case call::Tone::kReorder:
      return tones.congestion;
    case call::Tone::kUnobtainable:
      return tones.unobtainable;
    case call::Tone::kDial:
      return tones.dial;
    case call::Tone::kConfirm:
      return tones.confirm;
    case call::Tone::kCallWaiting:
      break;
  }
  return tones.waiting;
}

std::optional<ToneSpec> dtmf_tone(char digit, std::chrono::milliseconds on_time,
                                  std::chrono::milliseconds off_time) {
  constexpr std::string_view kKeys = "123A456B789C*0#D";
  constexpr std::array<double, 4> kRows = {697, 770, 852, 941};  // Q.23
  constexpr std::array<double, 4> kColumns = {1209, 1336, 1477, 1633};
  constexpr double kLevel = -9;  // dBm0 each, within the -6 to -12 that exchanges send
  const std::size_t at = kKeys.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return ToneSpec({on(kRows[at / 4], kColumns[at % 4], static_cast<std::uint32_t>(on_time.count())),
                   off(static_cast<std::uint32_t>(off_time.count()))},
                  1, kLevel);
}

double amplitude_of(double level_dbm0) {
  return 32768.0 * std::pow(10.0, (level_dbm0 - 3.14) / 20);
}

ToneGenerator::ToneGenerator(const ToneSpec& spec, std::uint32_t sample_hz)
    : spec_(spec), sample_hz_(sample_hz) {
  if (spec_.segments().empty())
    over_ = true;
  else
    begin_segment();
}

void ToneGenerator::begin_segment() {
  const ToneSegment& segment = spec_.segments()[segment_];
  left_ = segment.ms == 0 ? kForEver : std::uint64_t{segment.ms} * sample_hz_ / 1000;
  sounding_ = 0;
  for (const double hz : segment.hz) {
    if (hz <= 0 || hz * 2 >= sample_hz_) continue;
    const double step = 2 * std::numbers::pi * hz / sample_hz_;
    // The two samples before the first, so that it is the zero of a rising sine.
    const double amplitude = amplitude_of(spec_.level_dbm0());
    oscillators_[sounding_++] = {2 * std::cos(step), -amplitude * std::sin(step),
                                 -amplitude * std::sin(2 * step)};
  }
}

void ToneGenerator::begin_next_segment() {
  if (++segment_ == spec_.segments().size()) {
    segment_ = 0;
    ++repeated_;
    over_ = spec_.times() != 0 && repeated_ == spec_.times();
  }
  if (!over_) begin_segment();
}

std::size_t ToneGenerator::fill(std::span<std::int16_t> out) {
  std::size_t at = 0;
  // A spec of nothing but empty segments would never fill anything: one pass may start as many
  // segments as there are samples.
  for (std::size_t starts = 0; at < out.size() && !over_ && starts <= out.size(); ++starts) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, out.size() - at));
    for (const std::size_t end = at + count; at < end; ++at) {
      double value = 0;
      for (std::size_t i = 0; i < sounding_; ++i) value += oscillators_[i].next();
      out[at] = saturate(static_cast<float>(value));
    }
    if (left_ != kForEver) left_ -= count;
    if (left_ == 0) begin_next_segment();
  }
  std::fill(out.begin() + static_cast<long>(at), out.end(), std::int16_t{0});
  return at;
}

}  // namespace pbx::media
