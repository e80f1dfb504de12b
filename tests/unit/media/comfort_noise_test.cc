#include "media/comfort_noise.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

#include "media/samples.h"
#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using support::Samples;
using Bytes = std::vector<std::uint8_t>;

Samples generate(const NoiseModel& model, std::size_t count, std::uint64_t seed = 1) {
  NoiseGenerator generator{core::Random(seed)};
  generator.set(model);
  Samples settle(160), out(count);
  generator.fill(settle);
  generator.fill(out);
  return out;
}

// Power of neighbours alike against unlike: above 0 for dull noise, below for bright.
double brightness(std::span<const std::int16_t> samples) {
  double sum = 0, power = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    sum += static_cast<double>(samples[i]) * samples[i - 1];
    power += static_cast<double>(samples[i]) * samples[i];
  }
  return sum / power;
}

}  // namespace

TEST_CASE("a description of the level alone is white noise of that level") {
  for (const std::uint8_t level : {20, 40, 60}) {
    const auto model = parse_noise(Bytes{level});
    REQUIRE(model);
    const Samples out = generate(*model, 16000);
    CHECK(level_dbov(out) == doctest::Approx(-level).epsilon(0.02));
    CHECK(std::abs(brightness(out)) < 0.05);
  }
}

TEST_CASE("coefficients colour the noise and keep its level") {
  NoiseModel model{.level_dbov = -40, .order = 1};
  for (const double k : {-0.8, 0.8}) {
    model.reflection[0] = k;
    const Samples out = generate(model, 32000);
    CHECK(level_dbov(out) == doctest::Approx(-40).epsilon(0.02));
    CHECK(brightness(out) == doctest::Approx(-k).epsilon(0.05));
  }
}

TEST_CASE("the payload is that of RFC 3389") {
  NoiseModel model{.level_dbov = -50.4, .order = 3};
  model.reflection = {-1, 0, 0.5};
  Bytes out(10);
  REQUIRE(write_noise(model, out) == 4);
  CHECK(Bytes(out.begin(), out.begin() + 4) == Bytes{50, 0, 127, 191});
  const auto back = parse_noise(Bytes(out.begin(), out.begin() + 4));
  REQUIRE(back);
  CHECK(back->level_dbov == -50);
  CHECK(back->order == 3);
  CHECK(back->reflection[2] == doctest::Approx(0.5).epsilon(0.01));
  CHECK(write_noise(model, std::span(out).first(3)) == 0);
}

TEST_CASE("hostile descriptions are bounded and never make the filter ring out of range") {
  CHECK_FALSE(parse_noise({}));
  for (const std::uint8_t k : {0, 127, 254, 255}) {
    Bytes payload(300, k);
    payload[0] = 0x80;  // the reserved bit set: level 0, as loud as can be
    const auto model = parse_noise(payload);
    REQUIRE(model);
    CHECK(model->order == kNoiseOrderMax);
    for (const std::int16_t sample : generate(*model, 8000)) CHECK(std::abs(sample) <= 32768);
  }
  CHECK(support::rms(generate(*parse_noise(Bytes{127}), 1000)) == 0);
}

TEST_CASE("noise that is described and made again sounds alike") {
  NoiseModel original{.level_dbov = -45, .order = 2};
  original.reflection = {-0.7, 0.3};
  const Samples background = generate(original, 16000);
  NoiseEncoder encoder(8000);
  Bytes payload(kNoiseBytesMax), last;
  for (std::size_t at = 0; at + 160 <= background.size(); at += 160) {
    const std::size_t size = encoder.encode(std::span(background).subspan(at, 160), payload);
    if (at == 0) CHECK(size == kNoiseBytesMax);
    encoder.begin();  // describe every frame anew...
    if (size > 0) last.assign(payload.begin(), payload.begin() + static_cast<long>(size));
  }
  const Samples again = generate(*parse_noise(last), 16000);
  CHECK(level_dbov(again) == doctest::Approx(-45).epsilon(0.05));
  CHECK(brightness(again) == doctest::Approx(brightness(background)).epsilon(0.3));
}

TEST_CASE("a description is sent at once, then only when something changed or much time passed") {
  NoiseEncoder encoder(8000);
  Bytes payload(kNoiseBytesMax);
  const auto sent = [&](double dbov, int frames) {
    const Samples noise = generate({.level_dbov = dbov}, static_cast<std::size_t>(frames) * 160, 5);
    int count = 0;
    for (int i = 0; i < frames; ++i)
      count += encoder.encode(std::span(noise).subspan(static_cast<std::size_t>(i) * 160, 160),
                              payload) > 0;
    return count;
  };
  CHECK(sent(-50, 1) == 1);
  CHECK(sent(-50, 200) == 0);  // 4 s
  CHECK(sent(-50, 60) == 1);   // 5 s are over
  CHECK(sent(-30, 100) >= 1);  // much louder
  encoder.begin();
  CHECK(sent(-30, 1) == 1);
}

TEST_CASE("digital silence is described as such") {
  NoiseEncoder encoder(8000);
  Bytes payload(kNoiseBytesMax);
  const std::size_t size = encoder.encode(Samples(160), payload);
  CHECK(size == 1);
  CHECK(payload[0] == 127);
  CHECK(encoder.encode({}, payload) == 0);
}

TEST_CASE("an update glides over one frame instead of jumping") {
  NoiseGenerator generator{core::Random(1)};
  generator.set({.level_dbov = -60});
  Samples frame(160);
  generator.fill(frame);
  generator.set({.level_dbov = -20});
  generator.fill(frame);
  CHECK(support::rms(std::span(frame).first(20)) < support::rms(std::span(frame).last(20)) / 3);
}

TEST_CASE("the same seed makes the same noise") {
  CHECK(generate({.level_dbov = -40}, 500, 7) == generate({.level_dbov = -40}, 500, 7));
  CHECK(generate({.level_dbov = -40}, 500, 7) != generate({.level_dbov = -40}, 500, 8));
}

}  // namespace pbx::media
