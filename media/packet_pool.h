// media/packet_pool.h — the buffers that packets live in, from the socket to the socket.
//
// Owner: one media worker; nothing here is thread-safe.  acquire() and release never allocate:
// memory comes in slabs, only when a session opens and calls reserve(), and is kept until the
// pool ends.  An exhausted pool hands out empty handles and counts them: that packet is dropped
// and the calls go on.
//
// Invariant: every RtpPacket goes back to its pool before the pool is destroyed (asserted).

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/time.h"
#include "media/rtp_packet.h"

namespace pbx::media {

class PacketPool;

namespace detail {
struct PacketBlock {
  // One block is 2 KiB with its bookkeeping: a full Ethernet frame and the tag SRTP appends.
  static constexpr std::size_t kBytes = 1920;

  PacketPool* pool = nullptr;
  PacketBlock* next_free = nullptr;
  core::Instant arrival{};
  std::size_t size = 0;
  RtpView view;  // valid after parse()
  std::array<std::uint8_t, kBytes> bytes;
};
static_assert(sizeof(PacketBlock) <= 2048);
}  // namespace detail

// A handle to one buffer; empty if default-constructed, moved from or refused by the pool.
class RtpPacket {
 public:
  static constexpr std::size_t kCapacity = detail::PacketBlock::kBytes;

  RtpPacket() = default;
  RtpPacket(RtpPacket&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  RtpPacket& operator=(RtpPacket&& other) noexcept {
    std::swap(block_, other.block_);
    if (this != &other) other.release();
    return *this;
  }
  ~RtpPacket() { release(); }

  explicit operator bool() const { return block_ != nullptr; }
  void release() noexcept;  // gives the buffer back at once

  // All below REQUIRES: the handle is not empty.  Spans live until release().
  [[nodiscard]] std::span<std::uint8_t> buffer() { return block_->bytes; }  // to receive into
  void set_size(std::size_t size_bytes) {
    PBX_ASSERT(size_bytes <= kCapacity);
    block_->size = size_bytes;
  }
  [[nodiscard]] std::span<std::uint8_t> bytes() { return {block_->bytes.data(), block_->size}; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const {
    return {block_->bytes.data(), block_->size};
  }

  // Reads the header once, so that header(), payload() and view() are free.
  [[nodiscard]] tl::expected<void, RtpFault> parse() {
    const auto view = parse_rtp(bytes());
    if (!view) return tl::unexpected(view.error());
    block_->view = *view;
    return {};
  }
  // REQUIRES: parse() succeeded on these bytes.
  [[nodiscard]] const RtpView& view() const { return block_->view; }
  [[nodiscard]] const RtpHeader& header() const { return block_->view.header; }
  [[nodiscard]] std::span<const std::uint8_t> payload() const { return block_->view.payload; }

  [[nodiscard]] core::Instant arrival() const { return block_->arrival; }
  void set_arrival(core::Instant arrival) { block_->arrival = arrival; }

 private:
  friend class PacketPool;
  explicit RtpPacket(detail::PacketBlock* block) : block_(block) {}
  detail::PacketBlock* block_ = nullptr;
};

class PacketPool {
 public:
  static constexpr std::size_t kSlabPackets = 32;  // 64 KiB

  struct Stats {
    std::size_t reserved = 0;  // buffers that exist
    std::size_t touched = 0;   // those that were ever used: only they take memory
    std::size_t used = 0;
    std::size_t used_max = 0;
    std::uint64_t exhausted = 0;  // acquire() calls refused
  };

  // `packets_max` is rounded up to whole slabs.  Nothing is reserved yet.
  explicit PacketPool(std::size_t packets_max)
      : slabs_max_((packets_max + kSlabPackets - 1) / kSlabPackets) {
    slabs_.reserve(slabs_max_);
  }
  ~PacketPool() { PBX_ASSERT(stats_.used == 0); }
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  // Makes at least `packets` buffers exist, or as many as the bound allows; returns how many do.
  // The only function here that allocates.
  std::size_t reserve(std::size_t packets) {
    while (stats_.reserved < packets && slabs_.size() < slabs_max_) add_slab();
    return stats_.reserved;
  }

  // An empty buffer of size 0, or an empty handle (counted) if all are in use.
  [[nodiscard]] RtpPacket acquire() {
    detail::PacketBlock* const block = free_ != nullptr ? take_back() : touch_next();
    if (block == nullptr) {
      ++stats_.exhausted;
      return {};
    }
    block->size = 0;
    if (++stats_.used > stats_.used_max) stats_.used_max = stats_.used;
    return RtpPacket{block};
  }

  // A copy of a packet that is already in memory (tests, generated media).
  // REQUIRES: bytes fit into RtpPacket::kCapacity.
  [[nodiscard]] RtpPacket copy(std::span<const std::uint8_t> bytes) {
    RtpPacket packet = acquire();
    if (!packet) return packet;
    packet.set_size(bytes.size());
    std::copy(bytes.begin(), bytes.end(), packet.bytes().begin());
    return packet;
  }

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  friend class RtpPacket;
  static_assert(std::is_trivially_destructible_v<detail::PacketBlock>);
  struct FreeSlab {
    void operator()(detail::PacketBlock* slab) const noexcept {
      std::allocator<detail::PacketBlock>().deallocate(slab, kSlabPackets);
    }
  };

  // Blocks are made when they are first needed: relayed calls share a few, and a page that no
  // packet has touched costs no memory.
  void add_slab() {
    slabs_.emplace_back(std::allocator<detail::PacketBlock>().allocate(kSlabPackets));
    stats_.reserved += kSlabPackets;
  }
  detail::PacketBlock* touch_next() {
    if (stats_.touched == stats_.reserved) return nullptr;
    const std::size_t index = stats_.touched++;
    auto* const block =
        ::new (slabs_[index / kSlabPackets].get() + index % kSlabPackets) detail::PacketBlock;
    block->pool = this;
    return block;
  }
  detail::PacketBlock* take_back() { return std::exchange(free_, free_->next_free); }
  void put_back(detail::PacketBlock* block) {
    block->next_free = free_;
    free_ = block;
  }

  std::size_t slabs_max_;
  std::vector<std::unique_ptr<detail::PacketBlock, FreeSlab>> slabs_;
  detail::PacketBlock* free_ = nullptr;  // last in, first out: the warmest buffer first
  Stats stats_;
};

inline void RtpPacket::release() noexcept {
  if (block_ == nullptr) return;
  PacketPool* pool = block_->pool;
  pool->put_back(std::exchange(block_, nullptr));
  --pool->stats_.used;
}

}  // namespace pbx::media
