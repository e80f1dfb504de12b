// media/codec_l16.h — L16: samples as they are, in network byte order (RFC 3551 4.5.11), mono.

#pragma once

#include <memory>

#include "media/codec.h"

namespace pbx::media {

[[nodiscard]] std::unique_ptr<Decoder> make_l16_decoder(std::uint32_t sample_hz);
[[nodiscard]] std::unique_ptr<Encoder> make_l16_encoder(std::uint32_t sample_hz);

}  // namespace pbx::media
