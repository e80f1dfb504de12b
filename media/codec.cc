#include "media/codec.h"

#include <algorithm>
#include <string>

#include "media/codec_g711.h"
#include "media/codec_g722.h"
#include "media/codec_gsm.h"
#include "media/codec_l16.h"
#include "media/codec_opus.h"

namespace pbx::media {
namespace {

using call::Codec;

constexpr std::uint32_t kOpusDefaultHz = 16000;  // wide-band voice at a third of the cost of 48000

core::Result<std::uint32_t> choose_rate(const call::Format& format, std::uint32_t wanted) {
  const std::uint32_t hz = wanted == 0 ? default_sample_hz(format) : wanted;
  if (!runs_at(format, hz))
    return core::fail(core::ErrorCode::kInvalidArgument,
                      std::string(call::info(format.codec).name) + " does not run at this rate");
  return hz;
}

template <typename Interface>
core::Result<std::unique_ptr<Interface>> checked(std::unique_ptr<Interface> codec) {
  if (!codec) return core::fail(core::ErrorCode::kUnavailable, "the codec could not be set up");
  return codec;
}

}  // namespace

std::uint32_t default_sample_hz(const call::Format& format) {
  switch (format.codec) {
    case Codec::kL16:
      return format.clock_hz;
    case Codec::kOpus:
      return kOpusDefaultHz;
    default:
      return call::info(format.codec).sample_hz;
  }
}

bool runs_at(const call::Format& format, std::uint32_t sample_hz) {
  switch (format.codec) {
    case Codec::kPcmu:
    case Codec::kPcma:
    case Codec::kGsm:
      return sample_hz == 8000;
    case Codec::kG722:
      return sample_hz == 8000 || sample_hz == 16000;
    case Codec::kOpus:
      return is_opus_rate(sample_hz);
    case Codec::kL16:
      return sample_hz == format.clock_hz && sample_hz >= 8000 && sample_hz <= kSampleHzMax;
    case Codec::kTelephoneEvent:
    case Codec::kComfortNoise:
      return false;
  }
  return false;
}

std::uint32_t common_sample_hz(const call::Format& a, const call::Format& b) {
  const std::uint32_t hz = std::min(default_sample_hz(a), default_sample_hz(b));
  return runs_at(a, hz) && runs_at(b, hz) ? hz : 0;
}

bool is_frame_length(const call::Format& format, std::uint32_t ms) {
  if (ms == 0 || ms > kFrameMsMax) return false;
  switch (format.codec) {
    case Codec::kGsm:
      return ms % 20 == 0;
    case Codec::kOpus:
      return ms == 5 || ms == 10 || ms == 20 || ms == 40 || ms == 60;
    case Codec::kTelephoneEvent:
    case Codec::kComfortNoise:
      return false;
    default:
      return true;
  }
}

core::Result<std::unique_ptr<Decoder>> make_decoder(const call::Format& format,
                                                    const CodecOptions& options) {
  const auto hz = choose_rate(format, options.sample_hz);
  if (!hz) return tl::unexpected(hz.error());
  switch (format.codec) {
    case Codec::kPcmu:
      return checked(make_g711_decoder(G711Law::kUlaw));
    case Codec::kPcma:
      return checked(make_g711_decoder(G711Law::kAlaw));
    case Codec::kG722:
      return checked(make_g722_decoder(*hz));
    case Codec::kGsm:
      return checked(make_gsm_decoder());
    case Codec::kL16:
      return checked(make_l16_decoder(*hz));
    default:
      return checked(make_opus_decoder(*hz));
  }
}

core::Result<std::unique_ptr<Encoder>> make_encoder(const call::Format& format,
                                                    const CodecOptions& options) {
  const auto hz = choose_rate(format, options.sample_hz);
  if (!hz) return tl::unexpected(hz.error());
  switch (format.codec) {
    case Codec::kPcmu:
      return checked(make_g711_encoder(G711Law::kUlaw));
    case Codec::kPcma:
      return checked(make_g711_encoder(G711Law::kAlaw));
    case Codec::kG722:
      return checked(make_g722_encoder(*hz));
    case Codec::kGsm:
      return checked(make_gsm_encoder());
    case Codec::kL16:
      return checked(make_l16_encoder(*hz));
    default:
      return checked(make_opus_encoder(format, {*hz, options.bitrate, options.complexity}));
  }
}

}  // namespace pbx::media
