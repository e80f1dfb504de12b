#include "media/record_ring.h"

#include "core/base/assert.h"

namespace pbx::media {
namespace {
// Every entry begins on such a border, so that a skip entry always fits before the end.
constexpr std::size_t kAlign = 64;
static_assert(sizeof(RecordEntry) <= kAlign);
std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }
}  // namespace

RecordRing::RecordRing(std::size_t capacity_bytes)
    : memory_(new std::uint8_t[capacity_bytes]), mask_(capacity_bytes - 1) {
  PBX_ASSERT((capacity_bytes & mask_) == 0 && capacity_bytes >= 2 * kControlBytes);
}

bool RecordRing::write(RecordEntry entry, std::span<const std::uint8_t> payload) {
  std::uint64_t head = head_.load(std::memory_order_relaxed);
  const std::size_t free =
      capacity_bytes() - static_cast<std::size_t>(head - tail_.load(std::memory_order_acquire));
  const std::size_t size = aligned(sizeof entry + payload.size());
  const std::size_t to_end = capacity_bytes() - static_cast<std::size_t>(head & mask_);
  const std::size_t need = size > to_end ? size + to_end : size;
  const std::size_t kept = entry.kind == RecordEntry::Kind::kPacket ? kControlBytes : 0;
  if (need + kept > free) return false;
  if (size > to_end) {
    RecordEntry skip;
    skip.size_bytes = static_cast<std::uint32_t>(to_end);
    std::memcpy(memory_.get() + (head & mask_), &skip, sizeof skip);
    head += to_end;
  }
  entry.size_bytes = static_cast<std::uint32_t>(size);
  entry.payload_bytes = static_cast<std::uint16_t>(payload.size());
  std::uint8_t* at = memory_.get() + (head & mask_);
  std::memcpy(at, &entry, sizeof entry);
  if (!payload.empty()) std::memcpy(at + sizeof entry, payload.data(), payload.size());
  head_.store(head + size, std::memory_order_release);
  return true;
}

}  // namespace pbx::media
