// media/codec_g711.h — PCMU and PCMA behind the codec interfaces; one octet is one sample.

#pragma once

#include <memory>

#include "media/codec.h"

namespace pbx::media {

enum class G711Law : std::uint8_t { kUlaw, kAlaw };

[[nodiscard]] std::unique_ptr<Decoder> make_g711_decoder(G711Law law);
[[nodiscard]] std::unique_ptr<Encoder> make_g711_encoder(G711Law law);

}  // namespace pbx::media
