// tools/call_load/tone.h — a G.711 sine as packet payload.
//
// Pure.  ITU-T G.711 by its formula; one period divides every packet length offered (10 ms and up)
// when the frequency is a multiple of 100 Hz, so every packet of a stream is the same.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tools/call_load/sdp.h"

namespace pbx::call_load {

[[nodiscard]] std::uint8_t encode_pcmu(std::int16_t sample);
[[nodiscard]] std::uint8_t encode_pcma(std::int16_t sample);

// REQUIRES: codec is kPcmu or kPcma.
[[nodiscard]] std::vector<std::uint8_t> tone_payload(Codec codec, unsigned hz, std::size_t samples);

}  // namespace pbx::call_load
