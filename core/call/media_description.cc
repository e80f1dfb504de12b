#include "core/call/media_description.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pbx::call {
namespace {

// RFC 3551 table 4; RFC 7587 (Opus); RFC 4733 (telephone-event); RFC 3389 (CN).
constexpr std::array<CodecInfo, 8> kCodecs{{
    {Codec::kPcmu, "PCMU", 8000, 8000, 1, 0},
    {Codec::kPcma, "PCMA", 8000, 8000, 1, 8},
    {Codec::kG722, "G722", 8000, 16000, 1, 9},
    {Codec::kOpus, "opus", 48000, 48000, 2, -1},
    {Codec::kGsm, "GSM", 8000, 8000, 1, 3},
    {Codec::kL16, "L16", 8000, 8000, 1, -1},
    {Codec::kTelephoneEvent, "telephone-event", 8000, 0, 1, -1},
    {Codec::kComfortNoise, "CN", 8000, 0, 1, 13},
}};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool accepts_clock(const CodecInfo& codec, std::uint32_t clock_hz) {
  if (codec.codec == Codec::kTelephoneEvent || codec.codec == Codec::kComfortNoise) return true;
  if (codec.codec == Codec::kL16) return clock_hz == 8000 || clock_hz == 16000 || clock_hz == 44100;
  return clock_hz == codec.clock_hz;
}

}  // namespace

const CodecInfo& info(Codec codec) { return kCodecs[static_cast<std::size_t>(codec)]; }

std::optional<Codec> find_codec(std::string_view name, std::uint32_t clock_hz) {
  for (const CodecInfo& codec : kCodecs)
    if (same_name(codec.name, name) && accepts_clock(codec, clock_hz)) return codec.codec;
  return std::nullopt;
}

}  // namespace pbx::call
