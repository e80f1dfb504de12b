#include "media/codec_g722.h"

#include <spandsp.h>
#include <spandsp/private/g722.h>

#include "media/concealed_decoder.h"
#include "media/g722_synthesis.h"

namespace pbx::media {
namespace {

constexpr int kBitrate = 64000;
constexpr std::uint32_t kWideHz = 16000;

struct Release {
  void operator()(g722_decode_state_t* state) const { g722_decode_free(state); }
  void operator()(g722_encode_state_t* state) const { g722_encode_free(state); }
};

int option(std::uint32_t sample_hz) { return sample_hz == 8000 ? G722_SAMPLE_RATE_8000 : 0; }

// One octet holds a sample of each band: 125 microseconds.
std::size_t samples_per_octet(std::uint32_t sample_hz) { return sample_hz / 8000; }

class G722Core {
 public:
  explicit G722Core(std::uint32_t sample_hz)
      : sample_hz_(sample_hz), state_(g722_decode_init(nullptr, kBitrate, option(sample_hz))) {
    // The mode of the ITU's test vectors gives the bands unjoined; we join them ourselves.
    if (is_ready()) state_->itu_test_mode = sample_hz_ == kWideHz;
  }
  [[nodiscard]] bool is_ready() const { return state_ != nullptr; }
  [[nodiscard]] std::uint32_t sample_hz() const { return sample_hz_; }
  [[nodiscard]] std::size_t samples_in(std::span<const std::uint8_t> payload) const {
    return payload.size() * samples_per_octet(sample_hz_);
  }
  bool decode(std::span<const std::uint8_t> payload, std::span<std::int16_t> out) {
    g722_decode(state_.get(), out.data(), payload.data(), static_cast<int>(payload.size()));
    if (sample_hz_ == kWideHz) synthesis_.run(out);
    return true;
  }

 private:
  std::uint32_t sample_hz_;
  std::unique_ptr<g722_decode_state_t, Release> state_;
  G722Synthesis synthesis_;
};

class G722Encoder final : public Encoder {
 public:
  explicit G722Encoder(std::uint32_t sample_hz)
      : sample_hz_(sample_hz), state_(g722_encode_init(nullptr, kBitrate, option(sample_hz))) {}
  [[nodiscard]] bool is_ready() const { return state_ != nullptr; }
  [[nodiscard]] std::uint32_t sample_hz() const override { return sample_hz_; }
  std::size_t encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out) override {
    const std::size_t per_octet = samples_per_octet(sample_hz_);
    if (frame.size() % per_octet != 0 || frame.size() / per_octet > out.size()) return 0;
    return static_cast<std::size_t>(
        g722_encode(state_.get(), out.data(), frame.data(), static_cast<int>(frame.size())));
  }

 private:
  std::uint32_t sample_hz_;
  std::unique_ptr<g722_encode_state_t, Release> state_;
};

}  // namespace

std::unique_ptr<Decoder> make_g722_decoder(std::uint32_t sample_hz) {
  G722Core core(sample_hz);
  if (!core.is_ready()) return nullptr;
  return std::make_unique<ConcealedDecoder<G722Core>>(std::move(core));
}

std::unique_ptr<Encoder> make_g722_encoder(std::uint32_t sample_hz) {
  auto encoder = std::make_unique<G722Encoder>(sample_hz);
  if (!encoder->is_ready()) return nullptr;
  return encoder;
}

}  // namespace pbx::media
