// tools/call_load/udp.h — opens UDP sockets and reads them in batches.
//
// For the thread shells.  Descriptors are non-blocking.

#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/fd.h"
#include "core/base/net.h"
#include "core/base/result.h"

namespace pbx::call_load {

// Bound to `address`; port 0 takes any.  Errors: kUnavailable.
[[nodiscard]] core::Result<core::UniqueFd> open_udp(const core::SocketAddress& address);
[[nodiscard]] core::SocketAddress local_address(int fd);
// As large as the system lets us: for sockets that serve many calls.
void set_buffers(int fd);
// Asks for the kernel's time of arrival with each datagram.
void stamp_arrivals(int fd);
// So many descriptors may be open; as many as the system allows if that is less.
void allow_descriptors(std::size_t count);

// Reads up to kBatch datagrams with one system call, into memory of its own.
class UdpReader {
 public:
  static constexpr std::size_t kBatch = 32;

  explicit UdpReader(std::size_t datagram_max);

  struct Datagram {
    std::span<const std::uint8_t> bytes;  // valid until the next read()
    core::SocketAddress from;
    std::int64_t arrived_ns = 0;  // wall clock, by the kernel; 0 without stamp_arrivals()
    bool is_cut = false;          // longer than datagram_max
  };
  // How many datagrams were read; 0 if there are none.
  std::size_t read(int fd);
  [[nodiscard]] Datagram operator[](std::size_t i) const;

 private:
  static constexpr std::size_t kControlSize = 64;
  struct Batch {
    std::array<mmsghdr, kBatch> headers;
    std::array<iovec, kBatch> vectors;
    std::array<sockaddr_storage, kBatch> from;
    alignas(cmsghdr) std::array<std::array<std::uint8_t, kControlSize>, kBatch> control;
  };

  std::size_t datagram_max_;
  std::unique_ptr<Batch> batch_;
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t used_ = kBatch;  // headers that the last read changed
};

}  // namespace pbx::call_load
