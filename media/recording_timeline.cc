#include "media/recording_timeline.h"

namespace pbx::media {
namespace {
constexpr std::size_t kWindow_s = 2;
}

RecordingTimeline::RecordingTimeline(std::uint32_t file_hz, core::Instant start)
    : file_hz_(file_hz),
      start_(start),
      left_(file_hz, start),
      right_(file_hz, start),
      left_window_(file_hz * kWindow_s),
      right_window_(file_hz * kWindow_s) {}

void RecordingTimeline::put(const RecordEntry& entry, std::span<const std::uint8_t> payload) {
  (entry.side == RecordSide::kLeft ? left_ : right_).put(entry, payload);
}

void RecordingTimeline::advance(core::Instant now, std::vector<std::int16_t>& out) {
  left_.advance(now, left_window_);
  right_.advance(now, right_window_);
  take_until(now - kHorizon, out);
}

void RecordingTimeline::finish(core::Instant end, std::vector<std::int16_t>& out) {
  advance(end, out);
  left_.finish(left_window_);
  right_.finish(right_window_);
  take_until(end, out);
}

void RecordingTimeline::take_until(core::Instant until, std::vector<std::int16_t>& out) {
  const std::int64_t final = (until - start_).count() * file_hz_ / 1'000'000'000;
  const std::int64_t count = final - left_window_.begin();
  if (count <= 0) return;
  const std::size_t had = out.size();
  out.resize(had + static_cast<std::size_t>(count) * 2);
  const auto fresh = std::span(out).subspan(had);
  left_window_.take(fresh, 2);
  right_window_.take(fresh.subspan(1), 2);
}

}  // namespace pbx::media
