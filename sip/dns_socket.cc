#include "sip/dns_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace pbx::sip {
namespace {

tl::unexpected<core::Error> unavailable() {
  return core::fail(core::ErrorCode::kUnavailable, std::strerror(errno));
}

}  // namespace

core::Result<std::unique_ptr<DnsSocket>> DnsSocket::open(su_root_t* root,
                                                         const core::SocketAddress& server,
                                                         DnsListener& listener, std::uint64_t key) {
  sockaddr_storage address{};
  const socklen_t size = core::to_sockaddr(server, address);
  core::UniqueFd fd(::socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) < 0)
    return unavailable();
  std::unique_ptr<DnsSocket> out(new DnsSocket(root, std::move(fd), listener, key));
  if (!out->watch()) return core::fail(core::ErrorCode::kUnavailable, "no place in the event loop");
  return out;
}

DnsSocket::DnsSocket(su_root_t* root, core::UniqueFd fd, DnsListener& listener, std::uint64_t key)
    : root_(root), fd_(std::move(fd)), listener_(listener), key_(key) {}

DnsSocket::~DnsSocket() {
  if (registration_ > 0) su_root_deregister(root_, registration_);
}

bool DnsSocket::watch() {
  su_wait_t wait[1] = {SU_WAIT_INIT};
  if (su_wait_create(wait, fd_.get(), SU_WAIT_IN | SU_WAIT_ERR) < 0) return false;
  registration_ = su_root_register(root_, wait, &DnsSocket::on_event,
                                   reinterpret_cast<su_wakeup_arg_t*>(this), 0);
  return registration_ > 0;
}

int DnsSocket::on_event(su_root_magic_t*, su_wait_t*, su_wakeup_arg_t* arg) {
  const auto& self = *reinterpret_cast<const DnsSocket*>(arg);
  self.listener_.on_readable(self.key_);
  return 0;
}

core::Result<> DnsSocket::send(std::string_view packet) {
  if (::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) return unavailable();
  return {};
}

core::Result<std::string> DnsSocket::receive() {
  std::string packet(kPacketMax, '\0');
  const ssize_t size = ::recv(fd_.get(), packet.data(), packet.size(), 0);
  if (size < 0 && errno != EAGAIN && errno != EINTR) return unavailable();
  packet.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return packet;
}

}  // namespace pbx::sip
