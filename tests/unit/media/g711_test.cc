#include "media/g711.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <vector>

namespace pbx::media {
namespace {

// Is `code` within half a step of `sample`?  Steps are a sixteenth of the segment, and the table
// ignores the lowest two or three bits.
bool is_near(const std::array<std::int16_t, 256>& law, int sample, std::uint8_t code) {
  return std::abs(law[code] - sample) <= (std::abs(sample) + 132) / 32 + 8;
}

}  // namespace

TEST_CASE("decoded values are those of G.711") {
  struct Row {
    std::uint8_t code;
    std::int16_t ulaw, alaw;
  };
  // G.711 tables 1a and 2a, times 4 (14 bits) and 8 (13 bits).
  for (const Row& row :
       {Row{0x00, -32124, -5504}, Row{0x80, 32124, 5504}, Row{0xff, 0, 848}, Row{0x7f, 0, -848},
        Row{0xd5, 716, 8}, Row{0x55, -716, -8}, Row{0xaa, 5372, 32256}, Row{0x2a, -5372, -32256}}) {
    CAPTURE(static_cast<int>(row.code));
    CHECK(kUlawToLinear[row.code] == row.ulaw);
    CHECK(kAlawToLinear[row.code] == row.alaw);
  }
}

TEST_CASE("every sample gets a code within half a step") {
  for (int sample = -32768; sample <= 32767; ++sample) {
    const auto value = static_cast<std::int16_t>(sample);
    REQUIRE(is_near(kUlawToLinear, sample, linear_to_ulaw(value)));
    REQUIRE(is_near(kAlawToLinear, sample, linear_to_alaw(value)));
  }
}

TEST_CASE("a code survives decoding and encoding") {
  for (int i = 0; i < 256; ++i) {
    const auto code = static_cast<std::uint8_t>(i);
    CHECK(linear_to_alaw(kAlawToLinear[code]) == code);
    if (code != 0x7f) CHECK(linear_to_ulaw(kUlawToLinear[code]) == code);  // 0x7f is minus zero
  }
}

TEST_CASE("encoding is monotonic") {
  for (int sample = -32768; sample < 32767; ++sample) {
    const auto low = static_cast<std::int16_t>(sample),
               high = static_cast<std::int16_t>(sample + 1);
    REQUIRE(kUlawToLinear[linear_to_ulaw(low)] <= kUlawToLinear[linear_to_ulaw(high)]);
    REQUIRE(kAlawToLinear[linear_to_alaw(low)] <= kAlawToLinear[linear_to_alaw(high)]);
  }
}

TEST_CASE("recoding between the laws equals decoding and encoding") {
  std::vector<std::uint8_t> payload(256);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(i);
  recode_g711(kUlawToAlaw, payload);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const int difference = std::abs(kAlawToLinear[payload[i]] - kUlawToLinear[i]);
    CHECK(difference <= std::max(8, std::abs(kUlawToLinear[i]) / 32));
    CHECK((kAlawToLinear[payload[i]] < 0) == (i < 0x7f));
  }
}

}  // namespace pbx::media
