#include "sip/tls_handshake.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sip/certificate_check.h"
#include "sip/wire.h"

namespace pbx::sip {
namespace {

using Kind = TlsFailure::Kind;

core::SocketAddress address_of(const tport_t* connection) {
  const su_addrinfo_t* peer = tport_get_address(connection);
  sockaddr_storage storage{};
  std::memcpy(&storage, peer->ai_addr, std::min<std::size_t>(sizeof storage, peer->ai_addrlen));
  return core::from_sockaddr(storage);
}

// Nobody: the connection is over.
core::SocketAddress peer_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return core::from_sockaddr(storage);
}

// Of a trunk that goes there; else what the request was sent to, which is a name if a Route says
// so.  Of a trunk that routes by a name (RFC 3261 16.6) both will do.
ServerIdentity identity_of(const tport_t* connection, const core::SocketAddress& server,
                           TlsWatch& watch) {
  ServerIdentity wanted{{}, server.ip};
  if (std::string name = watch.name_of(server); !name.empty()) wanted.names.push_back(name);
  const std::string host(view(tport_name(connection)->tpn_canon));
  if (!host.empty() && !core::parse_ip(host)) wanted.names.push_back(host);
  return wanted;
}

// What an alert says of our certificate (RFC 8446 6.2).
bool is_about_certificate(int alert) {
  constexpr std::array kAlerts{
      SSL_AD_NO_CERTIFICATE,      SSL_AD_BAD_CERTIFICATE,     SSL_AD_UNSUPPORTED_CERTIFICATE,
      SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN,
      SSL_AD_UNKNOWN_CA,          SSL_AD_ACCESS_DENIED,       SSL_AD_CERTIFICATE_REQUIRED};
  return std::find(kAlerts.begin(), kAlerts.end(), alert) != kAlerts.end();
}

TlsFailure alerted(int alert) {
  const char* said = SSL_alert_desc_string_long(alert);
  if (is_about_certificate(alert))
    return {Kind::kRefusesUs, fmt::format("it does not accept our certificate: {}", said)};
  return {Kind::kBroken, fmt::format("it ended TLS: {}", said)};
}

std::optional<TlsFailure> check_name(const SSL* ssl, const ServerIdentity& wanted) {
  if (!(SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER)) return std::nullopt;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl),
                                                                X509_free);
  if (!certificate) return TlsFailure{Kind::kUntrusted, "it shows no certificate"};
  if (is_certificate_of(certificate.get(), wanted)) return std::nullopt;
  const std::string of_whom = names_in(certificate.get());
  return TlsFailure{Kind::kOtherName,
                    fmt::format("its certificate is not of {} but of {}",
                                wanted.names.empty() ? wanted.address.text() : wanted.names.front(),
                                of_whom.empty() ? "nobody" : of_whom)};
}

TlsFailure why(const SSL* ssl) {
  const unsigned long error = ERR_peek_error();
  const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
  const long verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK && SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER)
    return {Kind::kUntrusted, fmt::format("its certificate is not accepted: {}",
                                          X509_verify_cert_error_string(verified))};
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return {Kind::kBroken, "it closed the connection"};
  if (const char* said = error != 0 ? ERR_reason_error_string(error) : nullptr)
    return {Kind::kBroken, fmt::format("no TLS: {}", said)};
  return {Kind::kBroken, fmt::format("no TLS: {}", errno ? std::strerror(errno) : "it hung up")};
}

// None: it goes on when the other side has said more.
std::optional<TlsFailure> failure_of(const SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  if (error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
    return std::nullopt;
  return why(ssl);
}

}  // namespace

void TlsConnections::tell(Connection& connection, const TlsFailure& failure) {
  if (!std::exchange(connection.is_told, true))
    connection.watch.on_tls_failed(connection.server, failure);
}

// Called by OpenSSL.  A server that does not accept our certificate says so with TLS 1.3 when the
// handshake is over for us.
void TlsConnections::on_info(const SSL* ssl, int where, int alert) {
  if (where == SSL_CB_READ_ALERT && alert >> 8 == SSL3_AL_FATAL)
    tell(*static_cast<Connection*>(SSL_get_app_data(ssl)), alerted(alert & 0xff));
}

void TlsConnections::prepare(SSL* ssl, tport_t* connection, const core::SocketAddress& server,
                             const std::string& name) {
  const int socket = SSL_get_fd(ssl);
  open_.erase(socket);
  const auto added = open_.emplace(socket, Connection{watch_, ssl, server}).first;
  SSL_set_app_data(ssl, static_cast<void*>(&added->second));
  SSL_set_info_callback(ssl, &TlsConnections::on_info);
  if (!name.empty()) SSL_set_tlsext_host_name(ssl, name.c_str());
  // Else nta would not hear of its end.  Later ends are another matter: an answer may still come
  // over a new connection.
  tport_set_params(connection, TPTAG_SDWN_ERROR(1), TAG_END());
}

int TlsConnections::connect(SSL* ssl, tport_t* connection, int (*proceed)(SSL*)) {
  if (!connection) return -1;  // whom it should be is not known
  const core::SocketAddress server = address_of(connection);
  const ServerIdentity wanted = identity_of(connection, server, watch_);
  if (SSL_in_before(ssl))
    prepare(ssl, connection, server, wanted.names.empty() ? "" : wanted.names.front());
  const int result = proceed(ssl);
  const auto failure = result == 1 ? check_name(ssl, wanted) : failure_of(ssl, result);
  if (failure) tell(*static_cast<Connection*>(SSL_get_app_data(ssl)), *failure);
  if (result != 1 || failure) return result == 1 ? -1 : result;
  tport_set_params(connection, TPTAG_SDWN_ERROR(0), TAG_END());
  return result;
}

void TlsConnections::hear_out(const core::SocketAddress& server) {
  for (auto& [socket, connection] : open_) {
    // What is read of one that lives would be lost for sofia.
    if (connection.server != server || peer_of(socket)) continue;
    char next = 0;
    ERR_clear_error();
    const int result = SSL_peek(connection.ssl, &next, 1);  // a handshake goes on with it
    if (const auto failure = failure_of(connection.ssl, result)) tell(connection, *failure);
    ERR_clear_error();
  }
}

void TlsConnections::forget(SSL* ssl) {
  const auto found = open_.find(SSL_get_fd(ssl));
  if (found == open_.end() || found->second.ssl != ssl) return;
  SSL_set_info_callback(ssl, nullptr);  // it knows the place in the table
  open_.erase(found);
}

}  // namespace pbx::sip
