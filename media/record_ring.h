// media/record_ring.h — the ring in which packets to be recorded go from a media worker to the
// recording thread.
//
// One producer (the worker), one consumer (the recording thread); wait-free on both sides.  The
// memory is taken once.  A packet that finds no room is refused and the caller marks the gap; a
// part of the ring is kept for the messages that must not get lost (start, stop).

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/call/media_description.h"

namespace pbx::media {

enum class RecordSide : std::uint8_t { kLeft, kRight };

// What stands before each payload in the ring.
struct RecordEntry {
  enum class Kind : std::uint8_t {
    kStart,   // `call`, `started`, `wideband`; the recording begins at `at`
    kPacket,  // the rest; the payload follows
    kStop,    // it ends at `at`; `lost` packets found no room
    kSkip,    // the end of the ring is too short: go on at its beginning
  };
  std::uint32_t size_bytes = 0;  // with payload and padding
  Kind kind = Kind::kSkip;
  RecordSide side = RecordSide::kLeft;
  call::Codec codec = call::Codec::kPcmu;
  bool marker = false;
  bool wideband = false;
  std::uint16_t sequence = 0;
  std::uint16_t payload_bytes = 0;
  std::uint32_t timestamp = 0, ssrc = 0, clock_hz = 8000;
  std::uint32_t lost = 0;
  core::Instant at{};  // arrival, start or end
  core::RecordingId recording;
  core::CallId call;
  core::WallTime started{};  // as the catalogue says; names the file
};
static_assert(std::is_trivially_copyable_v<RecordEntry>);

class RecordRing {
 public:
  static constexpr std::size_t kControlBytes = 64 * 1024;  // kept free for start and stop

  // REQUIRES: capacity_bytes is a power of two of at least twice kControlBytes.
  explicit RecordRing(std::size_t capacity_bytes);

  // Producer.  False: no room.
  [[nodiscard]] bool write(RecordEntry entry, std::span<const std::uint8_t> payload);

  // Consumer.  Calls handle(const RecordEntry&, payload) for what is there, at most `entries_max`;
  // returns how many.  The payload lives during the call.
  template <typename Handler>
  std::size_t read(std::size_t entries_max, Handler&& handle) {
    std::size_t handled = 0;
    std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    const std::uint64_t head = head_.load(std::memory_order_acquire);
    while (tail != head && handled < entries_max) {
      RecordEntry entry;
      const std::uint8_t* at = memory_.get() + (tail & mask_);
      std::memcpy(static_cast<void*>(&entry), at, sizeof entry);
      if (entry.kind != RecordEntry::Kind::kSkip) {
        handle(std::as_const(entry), std::span(at + sizeof entry, entry.payload_bytes));
        ++handled;
      }
      tail += entry.size_bytes;
      tail_.store(tail, std::memory_order_release);
    }
    return handled;
  }

  // Any thread: a moment's view.
  [[nodiscard]] std::size_t used_bytes() const {
    return static_cast<std::size_t>(head_.load(std::memory_order_relaxed) -
                                    tail_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] std::size_t capacity_bytes() const { return mask_ + 1; }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  const std::uint64_t mask_;
  alignas(64) std::atomic<std::uint64_t> head_ = 0;  // written by the producer
  alignas(64) std::atomic<std::uint64_t> tail_ = 0;  // written by the consumer
};

}  // namespace pbx::media
