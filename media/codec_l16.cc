#include "media/codec_l16.h"

#include "media/bytes.h"
#include "media/concealed_decoder.h"

namespace pbx::media {
namespace {

class L16Core {
 public:
  explicit L16Core(std::uint32_t sample_hz) : sample_hz_(sample_hz) {}
  [[nodiscard]] std::uint32_t sample_hz() const { return sample_hz_; }
  [[nodiscard]] std::size_t samples_in(std::span<const std::uint8_t> payload) const {
    return payload.size() % 2 == 0 ? payload.size() / 2 : 0;
  }
  bool decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::int16_t>(load16(payload.data() + 2 * i));
    return true;
  }

 private:
  std::uint32_t sample_hz_;
};

class L16Encoder final : public Encoder {
 public:
  explicit L16Encoder(std::uint32_t sample_hz) : sample_hz_(sample_hz) {}
  [[nodiscard]] std::uint32_t sample_hz() const override { return sample_hz_; }
  std::size_t encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out) override {
    if (frame.size() * 2 > out.size()) return 0;
    for (std::size_t i = 0; i < frame.size(); ++i)
      store16(out.data() + 2 * i, static_cast<std::uint16_t>(frame[i]));
    return frame.size() * 2;
  }

 private:
  std::uint32_t sample_hz_;
};

}  // namespace

std::unique_ptr<Decoder> make_l16_decoder(std::uint32_t sample_hz) {
  return std::make_unique<ConcealedDecoder<L16Core>>(L16Core(sample_hz));
}

std::unique_ptr<Encoder> make_l16_encoder(std::uint32_t sample_hz) {
  return std::make_unique<L16Encoder>(sample_hz);
}

}  // namespace pbx::media
