// sip/rate_limit.h — how many requests a second are served whose senders have proven nothing: of
// each source address, and of all together.
//
// Pure; owner: the SIP thread of the profile.  Each limit lets one second's worth pass at once and
// then one after the other at its pace.  (A cell of the generic cell rate algorithm: all that is
// kept is the time at which the next request would be on time.)
//
// The table of sources has a fixed size of kSourcesMax.  A new source takes the place of the one in
// its row that is on time for the longest, which loses nothing by that if it has been quiet for a
// second.  Whoever makes up many addresses can so only wash out other crowded ones; then the limit
// for all together holds.  An IPv6 source is its /64, which is what one customer owns.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/net.h"
#include "core/base/time.h"

namespace pbx::sip {

struct RateOptions {
  std::uint32_t of_source = 100;  // requests a second; 0: any number
  std::uint32_t of_all = 2'000;   // likewise
};

enum class RateVerdict : std::uint8_t { kPass, kSourceTooFast, kAllTooFast };

class RateLimit {
 public:
  // `seed` scatters the sources over the table; secret, so that nobody aims at a row.
  RateLimit(RateOptions options, std::uint64_t seed);

  // Counts a request.  One that is too fast for its source does not count for all together.
  [[nodiscard]] RateVerdict take(core::Instant now, const core::IpAddress& ip);

  void set_options(RateOptions options) { options_ = options; }

  static constexpr std::size_t kWays = 4;  // sources in a row
  static constexpr std::size_t kRows = 4'096;
  static constexpr std::size_t kSourcesMax = kWays * kRows;

 private:
  struct Source {
    core::IpAddress ip;
    core::Instant next;  // on time from then on
  };
  using Row = std::array<Source, kWays>;
  [[nodiscard]] Source& find(const core::IpAddress& ip);

  RateOptions options_;
  std::uint64_t seed_;
  core::Instant next_of_all_;
  std::vector<Row> rows_;
};

}  // namespace pbx::sip
