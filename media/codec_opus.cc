#include "media/codec_opus.h"

#include <opus.h>

#include <algorithm>

#include "core/base/text.h"

namespace pbx::media {
namespace {

constexpr std::uint32_t kBitrateMin = 6000;  // RFC 7587 6.1
constexpr std::uint32_t kBitrateMax = 510'000;
constexpr int kFecLossPercent = 5;  // until reports say better: below 1 % no redundancy is sent
constexpr std::size_t kDtxBytesMax = 2;  // a payload this short need not be sent (opus_encode)

struct Destroy {
  void operator()(OpusDecoder* state) const { opus_decoder_destroy(state); }
  void operator()(OpusEncoder* state) const { opus_encoder_destroy(state); }
};

void apply_parameter(std::string_view name, std::uint32_t value, OpusParams& params) {
  if (name == "maxplaybackrate" && value >= 8000 && value <= 48000) params.playback_hz_max = value;
  if (name == "maxaveragebitrate" && value >= kBitrateMin && value <= kBitrateMax)
    params.bitrate_max = value;
  if (name == "useinbandfec" && value <= 1) params.fec = value == 1;
  if (name == "usedtx" && value <= 1) params.dtx = value == 1;
  if (name == "cbr" && value <= 1) params.cbr = value == 1;
}

int bandwidth_of(std::uint32_t playback_hz) {
  if (playback_hz <= 8000) return OPUS_BANDWIDTH_NARROWBAND;
  if (playback_hz <= 12000) return OPUS_BANDWIDTH_MEDIUMBAND;
  if (playback_hz <= 16000) return OPUS_BANDWIDTH_WIDEBAND;
  if (playback_hz <= 24000) return OPUS_BANDWIDTH_SUPERWIDEBAND;
  return OPUS_BANDWIDTH_FULLBAND;
}

class OpusVoiceDecoder final : public Decoder {
 public:
  explicit OpusVoiceDecoder(std::uint32_t sample_hz)
      : sample_hz_(sample_hz),
        state_(opus_decoder_create(static_cast<int>(sample_hz), 1, nullptr)) {}
  [[nodiscard]] bool is_ready() const { return state_ != nullptr; }
  [[nodiscard]] std::uint32_t sample_hz() const override { return sample_hz_; }

  [[nodiscard]] std::size_t samples_in(std::span<const std::uint8_t> payload) const override {
    if (payload.empty()) return 0;
    const int samples =
        opus_packet_get_nb_samples(payload.data(), static_cast<opus_int32>(payload.size()),
                                   static_cast<opus_int32>(sample_hz_));
    return samples > 0 ? static_cast<std::size_t>(samples) : 0;  // the library refuses over 120 ms
  }

  [[nodiscard]] std::size_t decode(std::span<const std::uint8_t> payload,
                                   std::span<std::int16_t> out) override {
    // No payload would mean a lost packet to the library.
    return payload.empty() ? 0 : run(payload, out, false);
  }

  void conceal(std::span<const std::uint8_t> next, std::span<std::int16_t> out) override {
    if (!next.empty() && run(next, out, true) == out.size()) return;
    if (run({}, out, false) != out.size()) std::fill(out.begin(), out.end(), std::int16_t{0});
  }

 private:
  std::size_t run(std::span<const std::uint8_t> payload, std::span<std::int16_t> out, bool fec) {
    const int samples = opus_decode(state_.get(), payload.empty() ? nullptr : payload.data(),
                                    static_cast<opus_int32>(payload.size()), out.data(),
                                    static_cast<int>(out.size()), fec ? 1 : 0);
    return samples > 0 ? static_cast<std::size_t>(samples) : 0;
  }

  std::uint32_t sample_hz_;
  std::unique_ptr<OpusDecoder, Destroy> state_;
};

class OpusVoiceEncoder final : public Encoder {
 public:
  OpusVoiceEncoder(const OpusParams& params, const OpusEncoderOptions& options)
      : sample_hz_(options.sample_hz),
        dtx_(params.dtx),
        fec_(params.fec),
        state_(opus_encoder_create(static_cast<int>(options.sample_hz), 1, OPUS_APPLICATION_VOIP,
                                   nullptr)) {
    if (state_ == nullptr) return;
    const std::uint32_t bitrate =
        std::clamp(std::min(options.bitrate, params.bitrate_max), kBitrateMin, kBitrateMax);
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(static_cast<opus_int32>(bitrate)));
    opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(std::clamp(options.complexity, 0, 10)));
    opus_encoder_ctl(state_.get(), OPUS_SET_MAX_BANDWIDTH(bandwidth_of(params.playback_hz_max)));
    opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(params.fec ? 1 : 0));
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(params.fec ? kFecLossPercent : 0));
    opus_encoder_ctl(state_.get(), OPUS_SET_DTX(params.dtx ? 1 : 0));
    opus_encoder_ctl(state_.get(), OPUS_SET_VBR(params.cbr ? 0 : 1));
  }
  [[nodiscard]] bool is_ready() const { return state_ != nullptr; }
  [[nodiscard]] std::uint32_t sample_hz() const override { return sample_hz_; }

  std::size_t encode(std::span<const std::int16_t> frame, std::span<std::uint8_t> out) override {
    const opus_int32 bytes = opus_encode(state_.get(), frame.data(), static_cast<int>(frame.size()),
                                         out.data(), static_cast<opus_int32>(out.size()));
    if (bytes <= 0) return 0;
    const auto size = static_cast<std::size_t>(bytes);
    return dtx_ && size <= kDtxBytesMax ? 0 : size;
  }

  void set_expected_loss(double ratio) override {
    if (!fec_) return;
    const int percent = static_cast<int>(std::clamp(ratio, 0.0, 1.0) * 100 + 0.5);
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(std::max(percent, kFecLossPercent)));
  }

 private:
  std::uint32_t sample_hz_;
  bool dtx_;
  bool fec_;
  std::unique_ptr<OpusEncoder, Destroy> state_;
};

}  // namespace

OpusParams parse_opus_fmtp(std::string_view fmtp) {
  OpusParams params;
  while (!fmtp.empty()) {
    const std::size_t end = std::min(fmtp.find(';'), fmtp.size());
    const auto pair = core::split_once(fmtp.substr(0, end), '=');
    fmtp.remove_prefix(std::min(end + 1, fmtp.size()));
    if (!pair) continue;
    if (const auto value = core::parse_uint<std::uint32_t>(core::trim(pair->second)))
      apply_parameter(core::trim(pair->first), *value, params);
  }
  return params;
}

bool is_opus_rate(std::uint32_t sample_hz) {
  return sample_hz == 8000 || sample_hz == 12000 || sample_hz == 16000 || sample_hz == 24000 ||
         sample_hz == 48000;
}

std::unique_ptr<Decoder> make_opus_decoder(std::uint32_t sample_hz) {
  auto decoder = std::make_unique<OpusVoiceDecoder>(sample_hz);
  if (!decoder->is_ready()) return nullptr;
  return decoder;
}

std::unique_ptr<Encoder> make_opus_encoder(const call::Format& format,
                                           const OpusEncoderOptions& options) {
  auto encoder = std::make_unique<OpusVoiceEncoder>(parse_opus_fmtp(format.fmtp), options);
  if (!encoder->is_ready()) return nullptr;
  return encoder;
}

}  // namespace pbx::media
