// tests/support/tls_peer.h — a telephone and a server over TLS, and a certificate made for the
// test.

#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/sip_peer.h"
#include "tests/support/test_certificate.h"

struct ssl_st;
struct ssl_ctx_st;

namespace pbx::test {

// A self-signed certificate and its key in a directory of its own, gone with this object.
class TlsFiles {
 public:
  explicit TlsFiles(const CertificateNames& names = {"DNS:localhost"});
  ~TlsFiles();
  TlsFiles(const TlsFiles&) = delete;
  TlsFiles& operator=(const TlsFiles&) = delete;
  [[nodiscard]] std::filesystem::path certificate() const { return directory_ / "cert.pem"; }
  [[nodiscard]] std::filesystem::path key() const { return directory_ / "key.pem"; }

 private:
  std::filesystem::path directory_;
};

class TlsServer;

class TlsPeer {
 public:
  explicit TlsPeer(const core::SocketAddress& server);
  explicit TlsPeer(TlsServer& server);  // the next to connect to it; throws after a few seconds
  void send(std::string_view text);
  SipText receive();  // an empty text after a few seconds of silence
  void close();       // as if the process had ended
  // One record in two segments.
  void send_in_two(std::string_view text, std::chrono::milliseconds pause);
  [[nodiscard]] std::string server_name() const;  // whom the one who connected asked for, or ""
  [[nodiscard]] const core::SocketAddress& local() const { return local_; }

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
    void operator()(ssl_ctx_st* context) const;
  };
  void begin();
  core::UniqueFd fd_;
  core::SocketAddress local_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
};

// Listens on loopback with that certificate.
class TlsServer {
 public:
  explicit TlsServer(const TlsFiles& files);
  [[nodiscard]] const core::SocketAddress& local() const { return local_; }

  [[nodiscard]] bool is_called();  // somebody connects within a few seconds
  void hang_up();                  // on the next to connect, without a word of TLS
  void close() { fd_.reset(); }    // connections are refused from now on

  bool asks_for_certificate = false;  // and accepts none

 private:
  friend class TlsPeer;
  const TlsFiles& files_;
  core::UniqueFd fd_;
  core::SocketAddress local_;
};

}  // namespace pbx::test
