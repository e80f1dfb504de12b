// media/g722_synthesis.h — joins the two bands of a decoded G.722 stream (ITU-T G.722 5.2.2).
//
// Pure.  The library's own filter is the same but wraps around where its result exceeds 16 bits: a
// voice a decibel below full scale would crack.  This one saturates.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/samples.h"

namespace pbx::media {

class G722Synthesis {
 public:
  // `out` holds the bands as pairs of low and high, each sample twice its value, and is overwritten
  // with the wide-band signal.  REQUIRES: out.size() is even.
  void run(std::span<std::int16_t> out) {
    while (!out.empty()) {
      const std::size_t pairs = std::min(out.size() / 2, kChunkPairs);
      run_chunk(out.first(pairs * 2));
      out = out.subspan(pairs * 2);
    }
  }

 private:
  static constexpr std::size_t kTaps = 12;  // of each phase of the 24-tap filter, table 11
  static constexpr std::array<std::int32_t, kTaps> kFilter = {3,    -11,  12,  32,   -210, 951,
                                                              3876, -805, 362, -156, 53,   -11};
  static constexpr std::size_t kChunkPairs = 160;
  static constexpr std::size_t kHistory = kTaps - 1;

  void run_chunk(std::span<std::int16_t> out) {
    const std::size_t pairs = out.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
      const std::int32_t low = out[2 * i] >> 1, high = out[2 * i + 1] >> 1;
      sums_[kHistory + i] = low + high;
      differences_[kHistory + i] = low - high;
    }
    for (std::size_t i = 0; i < pairs; ++i) {
      std::int32_t odd = 0, even = 0;
      for (std::size_t tap = 0; tap < kTaps; ++tap) {
        odd += differences_[i + tap] * kFilter[kTaps - 1 - tap];
        even += sums_[i + tap] * kFilter[tap];
      }
      out[2 * i] = saturate(odd >> 11);
      out[2 * i + 1] = saturate(even >> 11);
    }
    std::copy_n(sums_.begin() + static_cast<long>(pairs), kHistory, sums_.begin());
    std::copy_n(differences_.begin() + static_cast<long>(pairs), kHistory, differences_.begin());
  }

  std::array<std::int32_t, kHistory + kChunkPairs> sums_{}, differences_{};
};

}  // namespace pbx::media
