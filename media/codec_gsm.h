// media/codec_gsm.h — GSM 06.10 full rate (RFC 3551 4.5.8): 20 ms in 33 octets; the one file
// behind it sees libgsm.

#pragma once

#include <memory>

#include "media/codec.h"

namespace pbx::media {

[[nodiscard]] std::unique_ptr<Decoder> make_gsm_decoder();  // null if the library has no memory
[[nodiscard]] std::unique_ptr<Encoder> make_gsm_encoder();

}  // namespace pbx::media
