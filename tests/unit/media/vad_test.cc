#include "media/vad.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/base/random.h"
#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using support::Samples;

Samples noise(double rms, std::size_t count, std::uint64_t seed) {
  core::Random random(seed);
  Samples out(count);
  for (std::int16_t& sample : out)
    sample = static_cast<std::int16_t>((2 * random.unit() - 1) * rms * std::sqrt(3.0));
  return out;
}

// How many of `frames` frames of 20 ms are speech.
int speech(Vad& vad, const Samples& frame, int frames) {
  int count = 0;
  for (int i = 0; i < frames; ++i) count += vad.is_speech(frame);
  return count;
}

}  // namespace

TEST_CASE("digital silence is never speech") {
  Vad vad(8000);
  CHECK(speech(vad, Samples(160), 100) == 0);
}

TEST_CASE("a voice is speech at once and for as long as it lasts") {
  Vad vad(8000);
  speech(vad, Samples(160), 50);
  CHECK(speech(vad, support::sine(300, 8000, 160, 12'000), 500) == 500);
}

TEST_CASE("a quiet voice over a quiet line is speech") {
  Vad vad(16000);
  speech(vad, noise(30, 320, 1), 100);
  CHECK(speech(vad, support::sine(300, 16000, 320, 600), 10) == 10);
}

TEST_CASE("speech goes on for the hangover and then ends") {
  Vad vad(8000);
  speech(vad, support::sine(300, 8000, 160, 12'000), 10);
  CHECK(speech(vad, Samples(160), 20) == Vad::kHangoverMs / 20 - 1);
}

TEST_CASE("steady noise becomes the floor within seconds and a voice still stands out of it") {
  Vad vad(8000);
  speech(vad, noise(300, 160, 2), 600);
  CHECK(speech(vad, noise(300, 160, 3), 100) == 0);
  CHECK(speech(vad, support::sine(300, 8000, 160, 4000), 5) == 5);
}

TEST_CASE("when noise stops the floor falls at once") {
  Vad vad(8000);
  speech(vad, noise(800, 160, 2), 1000);
  speech(vad, Samples(160), 20);
  CHECK(vad.floor_dbov() == Vad::kSilenceDbov);
  CHECK(speech(vad, support::sine(300, 8000, 160, 600), 3) == 3);
}

TEST_CASE("however long somebody shouts, it does not become the floor") {
  Vad vad(8000);
  CHECK(speech(vad, support::sine(300, 8000, 160, 20'000), 10'000) == 10'000);
}

TEST_CASE("an empty frame changes nothing") {
  Vad vad(8000);
  CHECK_FALSE(vad.is_speech({}));
}

}  // namespace pbx::media
