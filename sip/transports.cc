#include "sip/transports.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/base/fd.h"
#include "sip/dialog.h"
#include "sip/text.h"
#include "sip/transport_kind.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

constexpr unsigned kSendQueueMax = 1024;       // messages waiting on one connection
constexpr unsigned kUdpBufferBytes = 4 << 20;  // a burst of calls must not be lost
constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint16_t kSipsPort = 5061;

const char* tport_name(config::Transport transport) {
  switch (transport) {
    case config::Transport::kTcp:
      return "tcp";
    case config::Transport::kTls:
      return "tls";
    case config::Transport::kUdp:
      break;
  }
  return "udp";
}

// Of the package ca-certificates.
const std::filesystem::path kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

// sofia wants certificate and key in one file agent.pem of a directory, with cafile.pem beside it.
// It reads them once, while binding; the copy lives as long as this object.
class TlsDirectory {
 public:
  explicit TlsDirectory(const config::Tls& tls) {
    std::string name = (std::filesystem::temp_directory_path() / "strowger-tls-XXXXXX").string();
    if (!::mkdtemp(name.data())) return;
    path_ = name;
    copy({tls.certificate, tls.key}, "agent.pem");
    copy({tls.ca.empty() ? kSystemAuthorities : tls.ca}, "cafile.pem");
  }
  ~TlsDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TlsDirectory(const TlsDirectory&) = delete;
  TlsDirectory& operator=(const TlsDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void copy(std::initializer_list<std::filesystem::path> from, const char* name) {
    std::ofstream out(std::filesystem::path(path_) / name, std::ios::binary);
    for (const auto& file : from) {
      const std::ifstream in(file, std::ios::binary);
      if (in) out << in.rdbuf() << '\n';
    }
  }
  std::string path_;
};

// The names of those we connect to are checked by tls_handshake.h.
unsigned verify_policy(config::TlsVerify verify) {
  return verify == config::TlsVerify::kRequired ? TPTLS_VERIFY_ALL : TPTLS_VERIFY_NONE;
}

// The primary transport that was bound under `ident`.
tport_t* find_primary(nta_agent_t* agent, const std::string& ident) {
  for (tport_t* primary = tport_primaries(nta_agent_tports(agent)); primary;
       primary = tport_next(primary)) {
    const tp_name_t* name = ::tport_name(primary);
    if (name->tpn_ident && ident == name->tpn_ident) return primary;
  }
  return nullptr;
}

core::Result<Listener> bind(nta_agent_t* agent, const config::Profile& profile,
                            const config::ListenAddress& listen, std::size_t number) {
  const bool is_tls = listen.transport == config::Transport::kTls;
  const auto tls = is_tls ? std::make_unique<TlsDirectory>(profile.tls) : nullptr;
  // nta knows TLS only under sips.
  const std::string url = fmt::format("{}:{};transport={}", is_tls ? "sips" : "sip",
                                      listen.address.text(), tport_name(listen.transport));
  const std::string ident = fmt::format("{}", number);
  const int failed =
      nta_agent_add_tport(agent, URL_STRING_MAKE(url.c_str()), TPTAG_IDENT(ident.c_str()),
                          TPTAG_QUEUESIZE(kSendQueueMax), TPTAG_PONG2PING(1), TPTAG_SDWN_ERROR(0),
                          TPTAG_TOS(profile.dscp << 2), TPTAG_UDP_RMEM(kUdpBufferBytes),
                          TAG_IF(is_tls, TPTAG_CERTIFICATE(tls ? tls->path().c_str() : "")),
                          TPTAG_TLS_VERIFY_POLICY(verify_policy(profile.tls.verify)), TAG_END());
  tport_t* primary = failed < 0 ? nullptr : find_primary(agent, ident);
  const su_addrinfo_t* bound = primary ? tport_get_address(primary) : nullptr;
  if (!bound || !bound->ai_addr)
    return core::fail(
        core::ErrorCode::kUnavailable,
        fmt::format("cannot listen on {}:{}", tport_name(listen.transport), listen.address.text()));
  sockaddr_storage storage{};
  std::memcpy(&storage, bound->ai_addr, std::min<std::size_t>(sizeof storage, bound->ai_addrlen));
  // Of a wildcard sofia names one of the machine's addresses; only the port is of use.
  return Listener{to_call(listen.transport),
                  {listen.address.ip, core::from_sockaddr(storage).port},
                  ::tport_name(primary)->tpn_ident};
}

// The address that the kernel would send from; none if there is no route.
core::IpAddress routed_source(const core::SocketAddress& peer) {
  sockaddr_storage storage{};
  const socklen_t size = core::to_sockaddr(peer, storage);
  const core::UniqueFd probe(::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe || ::connect(probe.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0) return {};
  sockaddr_storage local{};
  socklen_t length = sizeof local;
  if (::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&local), &length) != 0) return {};
  return core::from_sockaddr(local).ip;
}

}  // namespace

core::Result<Transports> Transports::open(nta_agent_t* agent, const config::Profile& profile) {
  Transports transports;
  transports.external_ = profile.external_address;
  transports.local_networks_ = profile.local_networks;
  for (const config::ListenAddress& listen : profile.listen) {
    auto listener = bind(agent, profile, listen, transports.listeners_.size());
    if (!listener) return tl::unexpected(listener.error());
    transports.listeners_.push_back(*listener);
  }
  return transports;
}

const Listener* Transports::listener_for(call::Transport transport,
                                         const core::SocketAddress& peer) const {
  std::vector<const Listener*> fitting;
  for (const Listener& listener : listeners_)
    if (listener.transport == transport && listener.address.ip.family == peer.ip.family)
      fitting.push_back(&listener);
  if (fitting.empty()) return nullptr;
  if (fitting.size() == 1) return fitting.front();
  const auto facing_it = [source = routed_source(peer)](const Listener* listener) {
    return listener->address.ip == source;
  };
  if (const auto found = std::find_if(fitting.begin(), fitting.end(), facing_it);
      found != fitting.end())
    return *found;
  const auto near = std::find_if(fitting.begin(), fitting.end(), [&](const Listener* listener) {
    return listener->address.ip.is_unspecified() ||
           listener->address.ip.is_loopback() == peer.ip.is_loopback();
  });
  return near == fitting.end() ? fitting.front() : *near;
}

const char* Transports::ident_for(call::Transport transport,
                                  const core::SocketAddress& peer) const {
  const Listener* listener = listener_for(transport, peer);
  return listener ? listener->ident : nullptr;
}

std::optional<core::SocketAddress> Transports::local_for(call::Transport transport,
                                                         const core::SocketAddress& peer) const {
  const Listener* found = listener_for(transport, peer);
  if (!found) return std::nullopt;
  core::SocketAddress local = found->address;
  if (external_ && external_.family == peer.ip.family && !is_local_network(peer.ip))
    local.ip = external_;
  else if (local.ip.is_unspecified())
    local.ip = routed_source(peer);
  if (!local.ip) return std::nullopt;
  return local;
}

bool Transports::is_ours(std::string_view host, std::string_view port) const {
  const auto ip = core::parse_ip(host);
  if (!ip) return false;
  // Of a wildcard address, every address of the machine: the kernel sends to it from itself.
  const auto is_local = [&] { return routed_source({*ip, kSipPort}) == *ip; };
  return std::any_of(listeners_.begin(), listeners_.end(), [&](const Listener& listener) {
    const std::uint16_t standard =
        listener.transport == call::Transport::kTls ? kSipsPort : kSipPort;
    const std::uint16_t said =
        port.empty() ? standard : core::parse_uint<std::uint16_t>(port).value_or(0);
    return said == listener.address.port && (listener.address.ip == *ip || external_ == *ip ||
                                             (listener.address.ip.is_unspecified() && is_local()));
  });
}

bool Transports::is_local_network(const core::IpAddress& ip) const {
  return ip.is_loopback() ||
         std::any_of(local_networks_.begin(), local_networks_.end(),
                     [&](const core::IpPrefix& network) { return network.contains(ip); });
}

std::string host_of(const core::SocketAddress& local) {
  return local.ip.family == core::IpFamily::kV6 ? fmt::format("[{}]", local.ip.text())
                                                : local.ip.text();
}

std::string contact_of(std::string_view user, const core::SocketAddress& local,
                       call::Transport transport) {
  const std::string parameter = transport == call::Transport::kUdp   ? ""
                                : transport == call::Transport::kTcp ? ";transport=tcp"
                                                                     : ";transport=tls";
  const std::string prefix = user.empty() ? "" : escape_user(user) + "@";
  return fmt::format("<sip:{}{}{}>", prefix, local.text(), parameter);
}

std::string via_of(const core::SocketAddress& local, call::Transport transport) {
  return fmt::format("SIP/2.0/{} {};rport", text_of(transport), local.text());
}

}  // namespace pbx::sip
