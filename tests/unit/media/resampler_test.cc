#include "media/resampler.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <utility>

#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using support::Samples;

Samples convert(std::uint32_t from, std::uint32_t to, const Samples& in) {
  Resampler resampler(from, to);
  Samples out(in.size() * to / from);
  const std::size_t step_in = from / 50, step_out = to / 50;
  for (std::size_t i = 0; i * step_in < in.size(); ++i)
    REQUIRE(resampler.process(std::span(in).subspan(i * step_in, step_in),
                              std::span(out).subspan(i * step_out, step_out)) == step_out);
  return out;
}

}  // namespace

TEST_CASE("frames of 20 ms keep their length between all rates and a tone its shape") {
  for (const auto& [from, to] : {std::pair{8000u, 16000u},
                                 {16000u, 8000u},
                                 {8000u, 48000u},
                                 {48000u, 8000u},
                                 {16000u, 48000u},
                                 {48000u, 16000u},
                                 {44100u, 8000u},
                                 {8000u, 44100u},
                                 {24000u, 16000u}}) {
    CAPTURE(from);
    CAPTURE(to);
    const Samples out = convert(from, to, support::sine(1000, from, from, 10'000));
    const auto fit = support::fit_sine(std::span(out).subspan(to / 2), 1000, to);
    CHECK(fit.snr_db > 45);
    CHECK(std::abs(20 * std::log10(fit.amplitude / 10'000)) < 0.1);
  }
}

TEST_CASE("what the lower rate cannot carry is filtered out, not folded back") {
  const Samples out = convert(16000, 8000, support::sine(5500, 16000, 16000, 10'000));
  CHECK(support::rms(std::span(out).subspan(4000)) < 200);
}

TEST_CASE("full-scale input does not wrap") {
  Samples square(16000);
  for (std::size_t i = 0; i < square.size(); ++i)
    square[i] = i / 80 % 2 == 0 ? std::int16_t{32767} : std::int16_t{-32768};
  const Samples out = convert(16000, 8000, square);
  int crossings = 0;
  for (std::size_t i = 4001; i < out.size(); ++i) crossings += (out[i] < 0) != (out[i - 1] < 0);
  CHECK(crossings == doctest::Approx(100).epsilon(0.05));
}

TEST_CASE("a moved resampler goes on where it was") {
  const Samples tone = support::sine(700, 8000, 320, 9000);
  Resampler whole(8000, 16000), first(8000, 16000);
  Samples a(640), b(640);
  whole.process(tone, a);
  first.process(std::span(tone).first(160), b);
  Resampler second = std::move(first);
  second.process(std::span(tone).subspan(160), std::span(b).subspan(320));
  CHECK(a == b);
  CHECK(second.latency_samples() > 0);
  CHECK(second.latency_samples() < 100);
}

TEST_CASE("a whole file keeps its duration and its tone, nearly untouched") {
  for (const auto& [from, to] : {std::pair{44100u, 8000u}, {22050u, 16000u}, {8000u, 16000u}}) {
    const Samples in = support::sine(1000, from, from, 10'000);
    const Samples out = resample_whole(in, from, to);
    REQUIRE(out.size() == to);
    const auto middle = std::span(out).subspan(to / 4, to / 2);
    CHECK(support::fit_sine(middle, 1000, to).snr_db > 70);
  }
  CHECK(resample_whole(Samples{1, 2, 3}, 8000, 8000) == Samples{1, 2, 3});
  CHECK(resample_whole(Samples{}, 8000, 16000).empty());
}

}  // namespace pbx::media
