// sip/tls_handshake.h — TLS connections that we open: the server is told whom we want (SNI, RFC
// 6066 3), its certificate must be his (RFC 5922 7), and why it came to nothing is kept for people.
//
// SIP thread.  sofia does neither of the three: it sends no SNI, compares names in its own way, and
// closes a connection that fails without a word.

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/base/net.h"
#include "sip/sofia.h"

struct ssl_st;

namespace pbx::sip {

struct TlsFailure {
  enum class Kind : std::uint8_t {
    kUntrusted,  // no authority that we know vouches for its certificate, or not any more
    kOtherName,  // its certificate is of another
    kRefusesUs,  // it does not like our certificate
    kBroken,     // anything else: no common version, the connection ended
  };
  Kind kind = Kind::kBroken;
  std::string reason;
};

class TlsWatch {
 public:
  // The name by which a trunk reaches `server`; "": by its address only, or no trunk does.
  [[nodiscard]] virtual std::string name_of(const core::SocketAddress& server) = 0;
  // The transactions that wait for the connection are told next, by nta with 503.
  virtual void on_tls_failed(const core::SocketAddress& server, const TlsFailure& failure) = 0;

 protected:
  ~TlsWatch() = default;
};

// Those that one thread opens, from the first step of the handshake on.
class TlsConnections {
 public:
  // REQUIRES: `watch` lives as long as this, and this as long as the connections.
  explicit TlsConnections(TlsWatch& watch) : watch_(watch) {}
  TlsConnections(const TlsConnections&) = delete;
  TlsConnections& operator=(const TlsConnections&) = delete;

  // Does one step of a handshake as SSL_connect() would, which is `proceed`, and returns the same;
  // a certificate of another fails it too.  `connection`: whose handshake it is.
  int connect(ssl_st* ssl, tport_t* connection, int (*proceed)(ssl_st*));
  // Of a connection to `server` that was reset: the other side may have said why before.
  void hear_out(const core::SocketAddress& server);
  void forget(ssl_st* ssl);  // it is about to end

 private:
  struct Connection {
    TlsWatch& watch;
    ssl_st* ssl;
    core::SocketAddress server;
    bool is_told = false;  // why it failed; what comes after follows from that
  };
  static void tell(Connection& connection, const TlsFailure& failure);
  static void on_info(const ssl_st* ssl, int where, int alert);
  void prepare(ssl_st* ssl, tport_t* connection, const core::SocketAddress& server,
               const std::string& name);

  TlsWatch& watch_;
  std::map<int, Connection> open_;  // by socket
};

}  // namespace pbx::sip
