// media/recording_side.h — one channel of a recording: puts the packets of a leg where they belong
// in time.
//
// Pure.  Owner: the recording thread.
//
// Packets wait kWait after their arrival, which lets reordered ones find their place and shows
// whether a packet was late or its whole stream has moved.  Then they are decoded in order and
// placed by RTP timestamp.  What ties timestamps to time is an anchor, set by the earliest arrivals
// (a packet can come late, never early) and moved when
//   - the source, or the clock of its timestamps, changes: anchored anew;
//   - all packets in sight are off by more than kJump (hold, a pause the source did not count);
//   - some came earlier than the anchor says by kEarly: the anchor was set by late ones;
//   - for kDriftPackets all came later by kDrift: the source's clock is slow.
// Hence gaps, loss and drift never add up.  Losses of up to kConcealMax are concealed by the
// codec; longer ones are silence.
//
// Units: positions are samples of the file since the start of the recording.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/time.h"
#include "media/codec.h"
#include "media/record_ring.h"
#include "media/resampler.h"
#include "media/sequence.h"

namespace pbx::media {

// The samples of one channel that are not final yet.
class SampleWindow {
 public:
  explicit SampleWindow(std::size_t size_samples) : ring_(size_samples, 0) {}

  // Copies `samples` to `position`; what lies before the window or beyond it is left out.
  void write(std::int64_t position, std::span<const std::int16_t> samples);
  // The oldest `out.size()` samples, final now; the window moves on and is silent there.
  // `stride`: distance between samples in `out` (2 for one channel of stereo).
  void take(std::span<std::int16_t> out, std::size_t stride);
  [[nodiscard]] std::int64_t begin() const { return begin_; }

 private:
  std::vector<std::int16_t> ring_;
  std::int64_t begin_ = 0;
};

class RecordingSide {
 public:
  static constexpr core::Duration kWait = std::chrono::milliseconds(240);
  static constexpr core::Duration kJump = std::chrono::milliseconds(100);
  static constexpr core::Duration kEarly = std::chrono::milliseconds(4);
  static constexpr core::Duration kDrift = std::chrono::milliseconds(8);
  static constexpr core::Duration kConcealMax = std::chrono::milliseconds(60);
  static constexpr int kDriftPackets = 50;
  static constexpr std::size_t kPendingMax = 128;  // packets; the oldest is then placed at once

  RecordingSide(std::uint32_t file_hz, core::Instant start);

  void put(const RecordEntry& entry, std::span<const std::uint8_t> payload);
  // Places what arrived until `now` - kWait.
  void advance(core::Instant now, SampleWindow& window);
  void finish(SampleWindow& window);  // places all that is left

 private:
  struct Pending {
    std::uint32_t epoch;  // counts sources
    std::int64_t sequence;
    RecordEntry entry;
    std::vector<std::uint8_t> payload;
  };
  struct Anchor {
    std::uint32_t epoch = 0;
    std::uint32_t clock_hz = 0;
    std::uint32_t timestamp = 0;
    std::int64_t position = 0;
  };

  void place(const Pending& packet, SampleWindow& window);
  void follow(const Pending& packet);
  void conceal_gap(const Pending& packet, std::int64_t position, SampleWindow& window);
  bool prepare_decoder(const RecordEntry& entry);
  std::span<const std::int16_t> at_file_rate(std::span<const std::int16_t> samples);
  [[nodiscard]] std::int64_t samples(core::Duration time) const;
  [[nodiscard]] std::int64_t arrival(const Pending& packet) const;
  [[nodiscard]] std::int64_t position(const Pending& packet) const;  // by the anchor
  [[nodiscard]] bool is_anchored(const Pending& packet) const;
  [[nodiscard]] std::int64_t least_delay(const Pending& packet) const;

  std::uint32_t file_hz_;
  core::Instant start_;
  std::deque<Pending> pending_;  // by epoch and sequence
  std::uint32_t epoch_ = 0;
  std::uint32_t ssrc_ = 0;
  Unwrapper<std::uint16_t> unwrapper_;

  std::optional<Anchor> anchor_;
  std::int64_t drift_least_ = 0;  // of the packets since the anchor was last checked
  int drift_packets_ = 0;

  std::unique_ptr<Decoder> decoder_;
  call::Codec codec_ = call::Codec::kPcmu;
  std::uint32_t codec_clock_hz_ = 0;
  std::optional<Resampler> resampler_;
  std::uint32_t placed_epoch_ = 0;
  std::int64_t placed_sequence_ = 0;
  std::int64_t placed_end_ = 0;  // position behind the last sample
  bool placed_any_ = false;
  std::vector<std::int16_t> decoded_, resampled_;
};

}  // namespace pbx::media
