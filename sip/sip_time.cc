#include "sip/sip_time.h"

#include <atomic>

#include "core/base/clock.h"
#include "sip/sofia.h"

extern "C" {
// Exported by the library for this purpose (su_time0.c), but in no header.
extern void (*_su_time)(su_time_t* time);
}

namespace pbx::sip {
namespace {

std::atomic<core::Duration::rep> test_offset{0};

// Both clocks read once, so that SIP time starts near the real date (nta writes no date).
const core::WallAnchor& anchor() {
  static const core::WallAnchor at_start = core::wall_anchor_now();
  return at_start;
}

constexpr std::uint64_t kNtpEpoch = 2'208'988'800;  // seconds from 1900 to 1970

void feed_time(su_time_t* time) {
  const auto wall = anchor().wall_at(sip_now()).time_since_epoch();
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(wall).count();
  time->tv_sec = static_cast<unsigned long>(us / 1'000'000) + kNtpEpoch;
  time->tv_usec = static_cast<unsigned long>(us % 1'000'000);
}

}  // namespace

void use_monotonic_time() {
  static_cast<void>(anchor());
  _su_time = feed_time;
}

core::Instant sip_now() {
  return core::monotonic_now() + core::Duration(test_offset.load(std::memory_order_relaxed));
}

core::WallAnchor sip_anchor_now() { return {sip_now(), core::wall_now()}; }

void advance_sip_time(core::Duration by) {
  test_offset.fetch_add(by.count(), std::memory_order_relaxed);
}

}  // namespace pbx::sip
