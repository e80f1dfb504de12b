// tests/support/codec_pair.h — an encoder and a decoder of one format, and sound sent through both.

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "media/codec.h"
#include "tests/support/audio.h"

namespace pbx::support {

inline call::Format format(call::Codec codec, std::string fmtp = {}, std::uint32_t clock_hz = 0) {
  return {.codec = codec,
          .clock_hz = clock_hz != 0 ? clock_hz : call::info(codec).clock_hz,
          .fmtp = std::move(fmtp)};
}

struct CodecPair {
  std::unique_ptr<media::Encoder> encoder;
  std::unique_ptr<media::Decoder> decoder;

  explicit CodecPair(const call::Format& format, std::uint32_t encoder_hz = 0,
                     std::uint32_t decoder_hz = 0) {
    auto made_encoder = media::make_encoder(format, {.sample_hz = encoder_hz});
    auto made_decoder = media::make_decoder(format, {.sample_hz = decoder_hz});
    REQUIRE(made_encoder);
    REQUIRE(made_decoder);
    encoder = std::move(*made_encoder);
    decoder = std::move(*made_decoder);
  }

  // Through the codec in frames of `ms`; the frames in `lost` (by number) are concealed.
  Samples run(const Samples& in, std::uint32_t ms = 20, std::initializer_list<int> lost = {}) {
    const std::size_t step = encoder->sample_hz() / 1000 * ms;
    Samples out;
    std::array<std::uint8_t, 2048> payload;
    int number = 0;
    for (std::size_t at = 0; at + step <= in.size(); at += step, ++number) {
      const std::size_t bytes = encoder->encode(std::span(in).subspan(at, step), payload);
      REQUIRE(bytes > 0);
      const std::size_t before = out.size();
      const std::size_t samples = decoder->sample_hz() / 1000 * ms;
      out.resize(before + samples);
      const auto frame = std::span(out).subspan(before);
      if (std::find(lost.begin(), lost.end(), number) != lost.end()) {
        decoder->conceal({}, frame);
        continue;
      }
      const auto coded = std::span(payload).first(bytes);
      REQUIRE(decoder->samples_in(coded) == samples);
      REQUIRE(decoder->decode(coded, frame) == samples);
    }
    return out;
  }
};

}  // namespace pbx::support
