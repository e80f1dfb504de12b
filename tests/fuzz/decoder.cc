// Any octets as the payload of a codec: the decoder writes what it says it writes.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "media/codec.h"
#include "media/comfort_noise.h"

// The first octet chooses the codec, the second how the rest is cut into payloads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx;
  constexpr std::array kCodecs = {call::Codec::kPcmu, call::Codec::kPcma, call::Codec::kG722,
                                  call::Codec::kGsm,  call::Codec::kOpus, call::Codec::kL16};
  if (size < 2) return 0;
  call::Format format{.codec = kCodecs[data[0] % kCodecs.size()]};
  format.clock_hz = call::info(format.codec).clock_hz;
  auto decoder = media::make_decoder(format);
  if (!decoder) std::abort();
  static std::vector<std::int16_t> out(media::kFrameSamplesMax);
  const std::size_t step = data[1] + 1u;
  for (std::span<const std::uint8_t> rest(data + 2, size - 2); !rest.empty();) {
    const auto payload = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(payload.size());
    const std::size_t samples = (*decoder)->samples_in(payload);
    const std::size_t decoded = (*decoder)->decode(payload, out);
    if (decoded != 0 && decoded != samples) std::abort();
    if (decoded == 0)
      (*decoder)->conceal(payload, std::span(out).first((*decoder)->sample_hz() / 50));
    if (const auto model = media::parse_noise(payload)) {
      media::NoiseGenerator noise{core::Random(1)};
      noise.set(*model);
      noise.fill(std::span(out).first(160));
    }
  }
  return 0;
}
