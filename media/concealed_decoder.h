// media/concealed_decoder.h — a decoder made of a codec that has no concealment, and a Plc.
//
// `Core` has: sample_hz(), samples_in(payload), and decode(payload, out), which is only called with
// a payload that samples_in() accepts and an `out` of just that length; it returns false if the
// payload is corrupt after all.

#pragma once

#include <utility>

#include "media/codec.h"
#include "media/plc.h"

namespace pbx::media {

template <typename Core>
class ConcealedDecoder final : public Decoder {
 public:
  explicit ConcealedDecoder(Core core) : core_(std::move(core)), plc_(core_.sample_hz()) {}

  [[nodiscard]] std::uint32_t sample_hz() const override { return core_.sample_hz(); }

  [[nodiscard]] std::size_t samples_in(std::span<const std::uint8_t> payload) const override {
    const std::size_t samples = core_.samples_in(payload);
    return samples <= core_.sample_hz() / 1000 * kFrameMsMax ? samples : 0;
  }

  [[nodiscard]] std::size_t decode(std::span<const std::uint8_t> payload,
                                   std::span<std::int16_t> out) override {
    const std::size_t samples = samples_in(payload);
    if (samples == 0 || samples > out.size()) return 0;
    out = out.first(samples);
    if (!core_.decode(payload, out)) return 0;
    plc_.accept(out);
    return samples;
  }

  void conceal(std::span<const std::uint8_t> /*next*/, std::span<std::int16_t> out) override {
    plc_.conceal(out);
  }

 private:
  Core core_;
  Plc plc_;
};

}  // namespace pbx::media
