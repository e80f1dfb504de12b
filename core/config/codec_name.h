// core/config/codec_name.h — the audio codecs that an administrator can order.
//
// Pure.  Only speech codecs: telephone-event and comfort noise are governed by their own options
// (extensions.*.dtmf, media.comfort_noise).  core/call maps these to its Codec.

#pragma once

#include <cstdint>

namespace pbx::config {

enum class CodecName : std::uint8_t { kPcmu, kPcma, kG722, kOpus, kGsm, kL16 };

}  // namespace pbx::config
