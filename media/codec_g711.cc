#include "media/codec_g711.h"

#include "media/concealed_decoder.h"
#include "media/g711.h"

namespace pbx::media {
namespace {

constexpr std::uint32_t kSampleHz = 8000;

class G711Core {
 public:
  explicit G711Core(G711Law law)
      : table_(law == G711Law::kUlaw ? &kUlawToLinear : &kAlawToLinear) {}
  [[nodiscard]] std::uint32_t sample_hz() const { return kSampleHz; }
  [[nodiscard]] std::size_t samples_in(std::span<const std::uint8_t> payload) const {
    return payload.size();
  }
  bool decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) {
    for (std::size_t i = 0; i < payload.size(); ++i) out[i] = (*table_)[payload[i]];
    return true;
  }

 private:
  const std::array<std::int16_t, 256>* table_;
};

template <std::uint8_t (*kCompress)(std::int16_t)>
class G711Encoder final : public Encoder {
 public:
  [[nodiscard]] std::uint32_t sample_hz() const override { return kSampleHz; }
  std::size_t encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out) override {
    if (frame.size() > out.size()) return 0;
    for (std::size_t i = 0; i < frame.size(); ++i) out[i] = kCompress(frame[i]);
    return frame.size();
  }
};

}  // namespace

std::unique_ptr<Decoder> make_g711_decoder(G711Law law) {
  return std::make_unique<ConcealedDecoder<G711Core>>(G711Core(law));
}

std::unique_ptr<Encoder> make_g711_encoder(G711Law law) {
  if (law == G711Law::kUlaw) return std::make_unique<G711Encoder<linear_to_ulaw>>();
  return std::make_unique<G711Encoder<linear_to_alaw>>();
}

}  // namespace pbx::media
