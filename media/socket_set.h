// media/socket_set.h — the one class through which packets enter and leave: UDP sockets and epoll.
//
// Thread shell; owner: one media worker.  What is inside may change (io_uring) without a change
// elsewhere.
//
// Level-triggered, one receive per readiness: at 20 ms a packet a socket almost never holds two,
// so reading until EAGAIN would cost a second system call for nothing.  Sends are plain sendto:
// each leg has its own socket, so a batch call has nothing to batch.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/fd.h"
#include "core/base/time.h"
#include "media/network.h"
#include "media/packet_pool.h"

struct epoll_event;

namespace pbx::media {

struct SocketSetOptions {
  int receive_buffer_bytes = 0;  // 0: the kernel's default
  core::Duration coalesce{0};    // wait this long after a wake-up for more; 0: never
};

struct SocketCounters {                               // since the start
  std::uint64_t wakes = 0;                            // epoll returns with events
  std::uint64_t receive_errors = 0, send_errors = 0;  // ECONNREFUSED is none: the peer is not ready
  std::uint64_t send_full = 0;  // EAGAIN: the kernel's buffer is full, the datagram is lost
  std::uint64_t truncated = 0;  // datagrams larger than a packet buffer
  std::uint64_t no_buffer = 0;  // read and thrown away: the pool is exhausted
};

class SocketSet : public Network {
 public:
  static constexpr int kEventsMax = 256;  // fetched by one epoll call

  struct Datagram {
    Slot slot;
    Port port;
    core::SocketAddress source;
    RtpPacket packet;
  };
  // `now` is read once for a batch.
  using Handler = std::function<void(core::Instant now, Datagram datagram)>;

  explicit SocketSet(const SocketSetOptions& options);
  ~SocketSet() override;

  core::Result<> open(Slot slot, const core::SocketAddress& rtp, std::uint8_t dscp) override;
  void close(Slot slot) override;
  void send(Slot slot, Port port, const core::SocketAddress& to,
            std::span<const std::uint8_t> datagram) override;

  // The address a slot is bound to, or none: with port 0 the kernel chooses (tests).
  [[nodiscard]] core::SocketAddress local(Slot slot, Port port) const;

  // Wakes wait() when `fd` is readable; the owner of it empties it.
  core::Result<> watch(int fd);

  // Waits until `deadline` (nullopt: for ever), reads what came into buffers of `pool` and gives
  // each datagram to `handler`, which may call all functions here.  True: a watched descriptor is
  // readable.
  bool wait(std::optional<core::Instant> deadline, PacketPool& pool, const Handler& handler);

  [[nodiscard]] const SocketCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t open_pairs() const { return open_pairs_; }

 private:
  struct Pair {
    core::UniqueFd rtp, rtcp;
    std::uint32_t generation = 0;  // tells events of a closed pair from those of its successor
  };
  [[nodiscard]] core::Result<core::UniqueFd> bind(const core::SocketAddress& address,
                                                  std::uint8_t dscp) const;
  core::Result<> add(int fd, std::uint64_t tag);
  void receive(core::Instant now, std::uint64_t tag, PacketPool& pool, const Handler& handler);
  int fetch(std::optional<core::Instant> deadline, ::epoll_event* events);

  SocketSetOptions options_;
  core::UniqueFd epoll_;
  std::vector<Pair> pairs_;  // by slot
  std::size_t open_pairs_ = 0;
  SocketCounters counters_;
};

}  // namespace pbx::media
