#include "media/music.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tests/support/audio.h"

namespace pbx::media {

TEST_CASE("the loop is long enough, quiet enough and never silent") {
  for (const std::uint32_t hz : {8000u, 16000u}) {
    const auto music = compose_music(hz);
    REQUIRE(music->sample_hz == hz);
    CHECK(music->samples.size() >= hz * 20);
    const auto [low, high] = std::minmax_element(music->samples.begin(), music->samples.end());
    CHECK(*high <= 9001);
    CHECK(*low >= -9001);
    for (std::size_t at = 0; at + hz <= music->samples.size(); at += hz)
      CHECK(support::rms(std::span(music->samples).subspan(at, hz)) > 300);
  }
}

TEST_CASE("the end runs on into the beginning without a click") {
  const auto music = compose_music(8000);
  int biggest = 0;
  for (std::size_t i = 1; i < music->samples.size(); ++i)
    biggest = std::max(biggest, std::abs(music->samples[i] - music->samples[i - 1]));
  CHECK(std::abs(music->samples.front() - music->samples.back()) < biggest / 2);
}

TEST_CASE("the music has no offset and is the same each time") {
  const auto music = compose_music(8000);
  double sum = 0;
  for (const std::int16_t sample : music->samples) sum += sample;
  CHECK(std::abs(sum / static_cast<double>(music->samples.size())) < 5);
  CHECK(compose_music(8000)->samples == music->samples);
}

TEST_CASE("a player goes round and listeners have their own places") {
  const auto music =
      std::make_shared<const Music>(Music{8000, std::vector<std::int16_t>{1, 2, 3, 4, 5}});
  LoopPlayer player(music), late(music, 13);
  std::vector<std::int16_t> out(7);
  player.fill(out);
  CHECK(out == std::vector<std::int16_t>{1, 2, 3, 4, 5, 1, 2});
  player.fill(out);
  CHECK(out == std::vector<std::int16_t>{3, 4, 5, 1, 2, 3, 4});
  late.fill(out);
  CHECK(out == std::vector<std::int16_t>{4, 5, 1, 2, 3, 4, 5});
}

TEST_CASE("an empty loop is silence") {
  LoopPlayer player(std::make_shared<const Music>());
  std::vector<std::int16_t> out(3, 9);
  player.fill(out);
  CHECK(out == std::vector<std::int16_t>(3, 0));
}

}  // namespace pbx::media
