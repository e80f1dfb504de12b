#include "sip/rate_limit.h"

#include <algorithm>
#include <chrono>

#include "sip/source_key.h"

namespace pbx::sip {
namespace {

constexpr core::Duration kBurst = std::chrono::seconds(1);

// Moves `next` on and returns true, unless that would take it more than a burst ahead of now.
bool take_one(core::Instant now, std::uint32_t per_second, core::Instant& next) {
  if (per_second == 0) return true;
  const core::Instant moved = std::max(next, now) + kBurst / per_second;
  if (moved - now > kBurst) return false;
  next = moved;
  return true;
}

// SplitMix64's finish: every bit of `x` reaches every bit of the result.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Of the first 8 octets: an IPv4 address has 4, a /64 no more.
std::uint64_t scattered(const core::IpAddress& ip, std::uint64_t seed) {
  std::uint64_t number = static_cast<std::uint64_t>(ip.family);
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | ip.bytes[i];
  return mix(mix(number + seed) ^ seed);
}

}  // namespace

RateLimit::RateLimit(RateOptions options, std::uint64_t seed)
    : options_(options), seed_(seed), rows_(kRows) {}

RateLimit::Source& RateLimit::find(const core::IpAddress& ip) {
  Row& row = rows_[scattered(ip, seed_) % kRows];
  const auto found =
      std::find_if(row.begin(), row.end(), [&](const Source& source) { return source.ip == ip; });
  if (found != row.end()) return *found;
  Source& oldest = *std::min_element(
      row.begin(), row.end(), [](const Source& a, const Source& b) { return a.next < b.next; });
  oldest = {ip, {}};
  return oldest;
}

RateVerdict RateLimit::take(core::Instant now, const core::IpAddress& ip) {
  if (options_.of_source != 0 && !take_one(now, options_.of_source, find(source_key(ip)).next))
    return RateVerdict::kSourceTooFast;
  return take_one(now, options_.of_all, next_of_all_) ? RateVerdict::kPass
                                                      : RateVerdict::kAllTooFast;
}

}  // namespace pbx::sip
