// sip/dns_socket.h — one UDP socket for one DNS query, watched by sofia's loop.
//
// SIP thread.  Each query has a socket of its own, whose port the kernel chooses by chance:
// together with the message id this is what makes an answer hard to forge (RFC 5452 4.5).  It is
// connected, so that only the name server is heard and its absence is told.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/fd.h"
#include "core/base/net.h"
#include "core/base/result.h"
#include "sip/sofia.h"

namespace pbx::sip {

class DnsListener {
 public:
  // There is something to receive, or an error.  The socket may be destroyed by it.
  virtual void on_readable(std::uint64_t key) = 0;

 protected:
  ~DnsListener() = default;
};

class DnsSocket {
 public:
  static constexpr std::size_t kPacketMax = 4'096;  // what is longer is cut

  // Errors: kUnavailable.
  [[nodiscard]] static core::Result<std::unique_ptr<DnsSocket>> open(
      su_root_t* root, const core::SocketAddress& server, DnsListener& listener, std::uint64_t key);
  ~DnsSocket();
  DnsSocket(const DnsSocket&) = delete;
  DnsSocket& operator=(const DnsSocket&) = delete;

  // Errors: kUnavailable.
  [[nodiscard]] core::Result<> send(std::string_view packet);
  // "": there is nothing.  Errors: kUnavailable, nobody listens there.
  [[nodiscard]] core::Result<std::string> receive();

 private:
  DnsSocket(su_root_t* root, core::UniqueFd fd, DnsListener& listener, std::uint64_t key);
  bool watch();
  static int on_event(su_root_magic_t*, su_wait_t*, su_wakeup_arg_t* arg);

  su_root_t* root_;
  core::UniqueFd fd_;
  DnsListener& listener_;
  std::uint64_t key_;
  int registration_ = 0;  // 0: none
};

}  // namespace pbx::sip
