#include "media/mixer.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/random.h"

namespace pbx::media {
namespace {

using Frame = std::vector<std::int16_t>;
constexpr std::int16_t kHigh = std::numeric_limits<std::int16_t>::max();
constexpr std::int16_t kLow = std::numeric_limits<std::int16_t>::min();

Frame heard(const Mixer& mixer, std::size_t listener) {
  Frame out(mixer.frame_samples(), 77);
  mixer.listen(listener, out);
  return out;
}

}  // namespace

TEST_CASE("everybody hears the others and not himself") {
  Mixer mixer(3, 2);
  mixer.begin();
  mixer.speak(0, Frame{1, 10});
  mixer.speak(1, Frame{2, 20});
  mixer.speak(2, Frame{4, 40});
  CHECK(heard(mixer, 0) == Frame{6, 60});
  CHECK(heard(mixer, 1) == Frame{5, 50});
  CHECK(heard(mixer, 2) == Frame{3, 30});
}

TEST_CASE("sums saturate and never wrap, whatever the input") {
  for (const std::int16_t edge : {kHigh, kLow}) {
    Mixer mixer(Mixer::kInputsMax, 1);
    mixer.begin();
    for (std::size_t i = 0; i < Mixer::kInputsMax; ++i) mixer.speak(i, Frame{edge});
    CHECK(heard(mixer, 0) == Frame{edge});
    for (std::size_t i = 0; i < Mixer::kInputsMax; ++i) mixer.set_gain(1, i, Gain(Gain::kMax));
    CHECK(heard(mixer, 1) == Frame{edge});
  }
}

TEST_CASE("a listener's own loud voice does not clip what he hears") {
  Mixer mixer(3, 1);
  mixer.begin();
  mixer.speak(0, Frame{kHigh});
  mixer.speak(1, Frame{kHigh});
  mixer.speak(2, Frame{-30000});
  CHECK(heard(mixer, 0) == Frame{2767});  // subtracted before the clamp
  CHECK(heard(mixer, 2) == Frame{kHigh});
}

TEST_CASE("a lone speaker is passed on bit by bit") {
  Mixer mixer(2, 6);
  const Frame frame = {kLow, -1, 0, 1, 12345, kHigh};
  mixer.begin();
  mixer.speak(0, frame);
  CHECK(heard(mixer, 1) == frame);
  CHECK(heard(mixer, 0) == Frame(6, 0));
  mixer.set_gain(1, 1, kUnity);  // now mixed by the other way
  CHECK(heard(mixer, 1) == frame);
}

TEST_CASE("who has no frame in a tick is silent in it") {
  Mixer mixer(2, 1);
  mixer.begin();
  mixer.speak(0, Frame{5});
  mixer.begin();
  Frame out(1, 9);
  CHECK_FALSE(mixer.listen(1, out));
  CHECK(out == Frame{0});
}

TEST_CASE("whisper: one hears the supervisor, the other does not") {
  constexpr std::size_t kCaller = 0, kAgent = 1, kSupervisor = 2;
  Mixer mixer(3, 1);
  mixer.set_gain(kCaller, kSupervisor, kMute);
  mixer.begin();
  mixer.speak(kCaller, Frame{100});
  mixer.speak(kAgent, Frame{200});
  mixer.speak(kSupervisor, Frame{400});
  CHECK(heard(mixer, kCaller) == Frame{200});
  CHECK(heard(mixer, kAgent) == Frame{500});
  CHECK(heard(mixer, kSupervisor) == Frame{300});
}

TEST_CASE("gains scale what one listener hears and leave the others alone") {
  Mixer mixer(2, 3);
  mixer.set_gain(0, 1, Gain(0.5));
  mixer.begin();
  mixer.speak(1, Frame{1000, -1000, 30000});
  CHECK(heard(mixer, 0) == Frame{500, -500, 15000});
  mixer.set_gain(0, 1, Gain(2.0));
  CHECK(heard(mixer, 0) == Frame{2000, -2000, kHigh});
  mixer.set_gain(0, 1, kMute);
  Frame out(3);
  CHECK_FALSE(mixer.listen(0, out));
}

TEST_CASE("a place that changes hands starts with plain gains") {
  Mixer mixer(3, 1);
  mixer.set_gain(0, 2, kMute);
  mixer.set_gain(2, 0, Gain(3.0));
  mixer.reset_gains(2);
  CHECK(mixer.gain(0, 2) == kUnity);
  CHECK(mixer.gain(2, 0) == kUnity);
  CHECK(mixer.gain(2, 2) == kMute);
}

TEST_CASE("both ways of mixing agree") {
  core::Random random(9);
  Mixer plain(5, 160), special(5, 160);
  for (std::size_t i = 0; i < 5; ++i) special.set_gain(i, i, Gain(0.0001));  // rounds to mute
  for (std::size_t i = 0; i < 5; ++i) special.set_gain(i, (i + 1) % 5, kUnity);
  for (int tick = 0; tick < 20; ++tick) {
    plain.begin();
    special.begin();
    for (std::size_t input = 0; input < 5; ++input) {
      if (random.below(4) == 0) continue;
      Frame frame(160);
      for (std::int16_t& sample : frame) sample = static_cast<std::int16_t>(random.next());
      plain.speak(input, frame);
      special.speak(input, frame);
    }
    for (std::size_t i = 0; i < 5; ++i) CHECK(heard(plain, i) == heard(special, i));
  }
}

TEST_CASE("gains in decibels and their bounds") {
  CHECK(Gain::of_db(0) == kUnity);
  CHECK(Gain::of_db(-6.0206).apply(10000) == 5000);
  CHECK(Gain(-1) == kMute);
  CHECK(Gain(100) == Gain(Gain::kMax));
  CHECK(Gain(Gain::kMax).apply(kLow) == 4 * kLow);
  for (int sample = kLow; sample <= kHigh; ++sample)
    REQUIRE(kUnity.apply(static_cast<std::int16_t>(sample)) == sample);
}

TEST_CASE("mixing into a frame and amplifying saturate") {
  Frame out = {kHigh, kLow, 100};
  mix_into(Frame{1, -1, 50}, kUnity, out);
  CHECK(out == Frame{kHigh, kLow, 150});
  amplify(Gain(4.0), out);
  CHECK(out == Frame{kHigh, kLow, 600});
  Frame shorter = {1};
  mix_into(Frame{1, 2, 3}, kUnity, shorter);
  CHECK(shorter == Frame{2});
}

}  // namespace pbx::media
