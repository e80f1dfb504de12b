// media/plc.h — hides lost frames of codecs that cannot do it themselves.
//
// Pure, owner: the decoder it belongs to.  The last pitch period is repeated, joined by overlap-add
// and faded to silence, as ITU-T G.711 Appendix I does it but without that method's added delay.
// Memory is taken once at construction; neither call allocates.
//
// Units: samples at `sample_hz`, mono.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pbx::media {

class Plc {
 public:
  static constexpr int kHoldMs = 10;  // full level, then
  static constexpr int kFadeMs = 50;  // down to silence; longer losses stay silent
  static constexpr int kJoinMs = 2;   // in which a step at the start of a loss is smoothed out

  explicit Plc(std::uint32_t sample_hz);

  // Takes note of a good frame.  After a loss its beginning is blended in place with the end of
  // the concealment.
  void accept(std::span<std::int16_t> frame);

  // Fills a lost frame of any length.
  void conceal(std::span<std::int16_t> frame);

  [[nodiscard]] bool is_concealing() const { return missing_ != 0; }

 private:
  void begin_loss();
  [[nodiscard]] std::size_t find_pitch() const;
  [[nodiscard]] float next_sample();
  void remember(std::span<const std::int16_t> frame);

  std::size_t pitch_min_, pitch_max_, span_;  // span_: the length that is compared
  std::size_t join_, hold_, fade_;
  std::vector<std::int16_t> history_;  // the last pitch_max_ + span_ samples, oldest first
  std::vector<float> cycle_;           // the period being repeated
  std::size_t pitch_ = 0;
  std::size_t cycle_at_ = 0;
  std::size_t missing_ = 0;  // samples concealed since the last good frame
};

}  // namespace pbx::media
