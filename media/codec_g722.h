// media/codec_g722.h — G.722 at 64 kbit/s; the one file behind it sees spandsp's codec.
//
// At 16000 it is the wide-band codec.  At 8000 only the lower band is coded: for a call whose
// other side is narrow-band anyway this needs half the CPU and no resampler, and any G.722 phone
// understands it.

#pragma once

#include <memory>

#include "media/codec.h"

namespace pbx::media {

// Null if the library has no memory.  REQUIRES: `sample_hz` is 8000 or 16000.
[[nodiscard]] std::unique_ptr<Decoder> make_g722_decoder(std::uint32_t sample_hz);
[[nodiscard]] std::unique_ptr<Encoder> make_g722_encoder(std::uint32_t sample_hz);

}  // namespace pbx::media
