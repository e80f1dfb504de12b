#include "media/codec_gsm.h"

#include <gsm.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include "media/concealed_decoder.h"

namespace pbx::media {
namespace {

constexpr std::uint32_t kSampleHz = 8000;
constexpr std::size_t kFrameSamples = 160;
constexpr std::size_t kFrameBytes = 33;
static_assert(sizeof(gsm_frame) == kFrameBytes);

struct Destroy {
  void operator()(gsm state) const { gsm_destroy(state); }
};
using State = std::unique_ptr<std::remove_pointer_t<gsm>, Destroy>;

class GsmCore {
 public:
  GsmCore() : state_(gsm_create()) {}
  [[nodiscard]] bool is_ready() const { return state_ != nullptr; }
  [[nodiscard]] std::uint32_t sample_hz() const { return kSampleHz; }
  [[nodiscard]] std::size_t samples_in(std::span<const std::uint8_t> payload) const {
    return payload.size() % kFrameBytes == 0 ? payload.size() / kFrameBytes * kFrameSamples : 0;
  }
  bool decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) {
    std::array<gsm_byte, kFrameBytes> frame;  // the library takes no const
    for (; !payload.empty(); payload = payload.subspan(kFrameBytes)) {
      std::copy_n(payload.begin(), kFrameBytes, frame.begin());
      if (gsm_decode(state_.get(), frame.data(), out.data()) != 0) return false;
      out = out.subspan(kFrameSamples);
    }
    return true;
  }

 private:
  State state_;
};

class GsmEncoder final : public Encoder {
 public:
  GsmEncoder() : state_(gsm_create()) {}
  [[nodiscard]] bool is_ready() const { return state_ != nullptr; }
  [[nodiscard]] std::uint32_t sample_hz() const override { return kSampleHz; }
  std::size_t encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out) override {
    const std::size_t frames = frame.size() / kFrameSamples;
    if (frame.size() % kFrameSamples != 0 || frames * kFrameBytes > out.size()) return 0;
    std::array<gsm_signal, kFrameSamples> samples;  // the library takes no const
    for (std::size_t i = 0; i < frames; ++i) {
      std::copy_n(frame.begin() + static_cast<long>(i * kFrameSamples), kFrameSamples,
                  samples.begin());
      gsm_encode(state_.get(), samples.data(), out.data() + i * kFrameBytes);
    }
    return frames * kFrameBytes;
  }

 private:
  State state_;
};

}  // namespace

std::unique_ptr<Decoder> make_gsm_decoder() {
  GsmCore core;
  if (!core.is_ready()) return nullptr;
  return std::make_unique<ConcealedDecoder<GsmCore>>(std::move(core));
}

std::unique_ptr<Encoder> make_gsm_encoder() {
  auto encoder = std::make_unique<GsmEncoder>();
  if (!encoder->is_ready()) return nullptr;
  return encoder;
}

}  // namespace pbx::media
