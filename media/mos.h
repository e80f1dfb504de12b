// media/mos.h — how good a stream sounds, by the E-model (ITU-T G.107) from what was measured.
//
// Pure.  R = 93.2 - Id - Ie_eff, all other parameters at the defaults of G.107 table 2 (their sum
// gives 93.2).  Id is the delay alone (Idd, 7.4): echo is the telephones' business.  MOS is
// MOS-CQE of Annex B, 1 to 4.5, on the narrow-band scale: a wide-band call counts as a perfect
// narrow-band one, which is an understatement.

#pragma once

#include <chrono>

#include "core/call/media_description.h"

namespace pbx::media {

// How a codec and its concealment take losses.  Sources in mos.cc.
struct CodecImpairment {
  double ie = 0;    // equipment impairment without loss
  double bpl = 25;  // packet loss robustness
};
[[nodiscard]] CodecImpairment impairment_of(call::Codec codec);

struct StreamQuality {
  call::Codec codec = call::Codec::kPcmu;
  double loss_ratio = 0;  // 0 to 1; lost in the network or too late for the jitter buffer
  std::chrono::microseconds delay{0};  // mouth to ear, one way
  double burst_ratio = 1;              // 1: losses are random; above: they come in bursts
};

[[nodiscard]] double r_factor(const StreamQuality& quality);  // 0 to 93.2
[[nodiscard]] double mos_of(double r);                        // Annex B; 1 to 4.5
[[nodiscard]] inline double mos_of(const StreamQuality& quality) {
  return mos_of(r_factor(quality));
}

}  // namespace pbx::media
