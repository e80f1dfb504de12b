#include "media/mos.h"

#include <algorithm>
#include <cmath>

namespace pbx::media {
namespace {

constexpr double kDefaultR = 93.2;  // G.107 7.1 with all defaults

// G.107 7.4, Idd, with sT = 1 and mT = 100 ms.
double delay_impairment(double delay_ms) {
  if (delay_ms <= 100) return 0;
  const double x = std::log2(delay_ms / 100);
  return 25 * (std::pow(1 + std::pow(x, 6), 1.0 / 6) -
               3 * std::pow(1 + std::pow(x / 3, 6), 1.0 / 6) + 2);
}

// G.107 7.5, Ie,eff.
double loss_impairment(const CodecImpairment& codec, double loss_percent, double burst_ratio) {
  if (loss_percent <= 0) return codec.ie;
  return codec.ie + (95 - codec.ie) * loss_percent / (loss_percent / burst_ratio + codec.bpl);
}

}  // namespace

CodecImpairment impairment_of(call::Codec codec) {
  switch (codec) {
    // G.113 Appendix I: Ie 0; Bpl 25.1 for random loss with concealment (G.711 Appendix I), which
    // ours resembles.  Without concealment it would be 4.3.
    case call::Codec::kPcmu:
    case call::Codec::kPcma:
    case call::Codec::kL16:
      return {0, 25.1};
    // G.113 Appendix I: GSM full rate Ie 20.  It gives no Bpl for it; this is that of GSM enhanced
    // full rate.
    case call::Codec::kGsm:
      return {20, 10};
    // Not on the narrow-band scale; taken as G.711 with concealment (see the header).
    case call::Codec::kG722:
    case call::Codec::kOpus:
    case call::Codec::kTelephoneEvent:
    case call::Codec::kComfortNoise:
      break;
  }
  return {0, 25.1};
}

double r_factor(const StreamQuality& quality) {
  const double loss_percent = std::clamp(quality.loss_ratio, 0.0, 1.0) * 100;
  const double delay_ms = static_cast<double>(quality.delay.count()) / 1000;
  const double r = kDefaultR - delay_impairment(delay_ms) -
                   loss_impairment(impairment_of(quality.codec), loss_percent,
                                   std::max(quality.burst_ratio, 1.0));
  return std::clamp(r, 0.0, kDefaultR);
}

double mos_of(double r) {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  // The cubic dips below 1 for very small R.
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

}  // namespace pbx::media
