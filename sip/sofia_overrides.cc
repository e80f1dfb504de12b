#include "sip/sofia_overrides.h"

#include <dlfcn.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "sip/sofia.h"

namespace pbx::sip {
namespace {

// sofia's callbacks know neither agent nor stack here; a thread has one of each.
thread_local SourceFilter* source_filter = nullptr;
thread_local TlsConnections* tls_connections = nullptr;
thread_local tport_t* shaking_hands = nullptr;  // the connection of the handshake under way
thread_local bool is_certificate_next = false;  // sofia reads the names in it

// Of what waits in the socket: a datagram, or the other end of a connection.
core::IpAddress sender_of(int socket) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  char first = 0;
  if (::recvfrom(socket, &first, 1, MSG_PEEK | MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from),
                 &size) >= 0 &&
      size > 0)
    return core::from_sockaddr(from).ip;
  size = sizeof from;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&from), &size) != 0) return {};
  return core::from_sockaddr(from).ip;
}

bool is_shut_out(int socket) {
  if (!source_filter) return false;
  const core::IpAddress sender = sender_of(socket);
  return sender && !source_filter->takes(sender);
}

}  // namespace

void link_sofia_overrides() {}

void filter_sources(SourceFilter* filter) { source_filter = filter; }

void watch_tls(TlsConnections* connections) { tls_connections = connections; }

}  // namespace pbx::sip

extern "C" su_duration_t su_duration(su_time_t const t1, su_time_t const t2) {
  constexpr long long kMax = std::numeric_limits<int>::max();
  const long long us =
      (static_cast<long long>(t1.tv_sec) - static_cast<long long>(t2.tv_sec)) * 1'000'000 +
      static_cast<long long>(t1.tv_usec) - static_cast<long long>(t2.tv_usec);
  const long long ms = us > 0 ? (us + 999) / 1000 : us / 1000;
  return static_cast<su_duration_t>(std::clamp(ms, -kMax, kMax));
}

extern "C" int su_getaddrinfo(char const* node, char const* service, su_addrinfo_t const* hints,
                              su_addrinfo_t** result) {
  addrinfo numeric{};
  if (hints) numeric = *hints;
  numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
  const char* port = service && *service ? service : "0";
  const int failed = getaddrinfo(node, port, &numeric, result);
  if (failed) return failed;
  for (su_addrinfo_t* found = *result; found; found = found->ai_next)
    if (found->ai_protocol == 0) found->ai_protocol = numeric.ai_protocol;
  return 0;
}

extern "C" issize_t su_getmsgsize(su_socket_t socket) {
  int size = -1;
  if (ioctl(socket, FIONREAD, &size) == -1) return -1;
  return pbx::sip::is_shut_out(socket) ? 0 : size;
}

extern "C" int SSL_accept(SSL* ssl) {
  using Accept = int(SSL*);
  static auto* const real = reinterpret_cast<Accept*>(dlsym(RTLD_NEXT, "SSL_accept"));
  const int result = pbx::sip::is_shut_out(SSL_get_fd(ssl)) ? -1 : real(ssl);
  pbx::sip::is_certificate_next = pbx::sip::shaking_hands && result == 1;
  return result;
}

extern "C" int SSL_connect(SSL* ssl) {
  using Connect = int(SSL*);
  static auto* const real = reinterpret_cast<Connect*>(dlsym(RTLD_NEXT, "SSL_connect"));
  if (!pbx::sip::tls_connections) return real(ssl);  // not sofia's
  const int result = pbx::sip::tls_connections->connect(ssl, pbx::sip::shaking_hands, real);
  pbx::sip::is_certificate_next = result == 1;
  return result;
}

extern "C" int tls_connect(su_root_magic_t* magic, su_wait_t* wait, tport_t* connection) {
  using Connect = int(su_root_magic_t*, su_wait_t*, tport_t*);
  static auto* const real = reinterpret_cast<Connect*>(dlsym(RTLD_NEXT, "tls_connect"));
  pbx::sip::shaking_hands = connection;
  const int result = real(magic, wait, connection);
  pbx::sip::shaking_hands = nullptr;
  pbx::sip::is_certificate_next = false;
  ERR_clear_error();
  return result;
}

extern "C" int X509_get_ext_count(const X509* certificate) {
  using Count = int(const X509*);
  static auto* const real = reinterpret_cast<Count*>(dlsym(RTLD_NEXT, "X509_get_ext_count"));
  return std::exchange(pbx::sip::is_certificate_next, false) ? 0 : real(certificate);
}

extern "C" int SSL_shutdown(SSL* ssl) {
  using Shutdown = int(SSL*);
  static auto* const real = reinterpret_cast<Shutdown*>(dlsym(RTLD_NEXT, "SSL_shutdown"));
  if (pbx::sip::tls_connections) pbx::sip::tls_connections->forget(ssl);
  const int result = real(ssl);
  // tls_free() lets go of both next: in sofia's count they are its own.
  if (BIO* bio = SSL_get_rbio(ssl)) BIO_up_ref(bio);
  SSL_CTX_up_ref(SSL_get_SSL_CTX(ssl));
  SSL_free(ssl);
  return result;
}
