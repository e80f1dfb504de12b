#include "tests/support/tls_peer.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace pbx::test {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

}  // namespace

TlsFiles::TlsFiles(const CertificateNames& names) {
  std::string name = (std::filesystem::temp_directory_path() / "pbx-test-tls-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no directory");
  directory_ = name;
  const TestKey key = make_key();
  const TestCertificate made = make_certificate(key.get(), names);
  const File key_file(std::fopen(this->key().c_str(), "w"), std::fclose);
  PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  const File certificate_file(std::fopen(certificate().c_str(), "w"), std::fclose);
  PEM_write_X509(certificate_file.get(), made.get());
}

TlsFiles::~TlsFiles() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void TlsPeer::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }
void TlsPeer::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

namespace {

constexpr timeval kPatience{3, 0};

core::SocketAddress local_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  return core::from_sockaddr(storage);
}

}  // namespace

void TlsPeer::begin() {
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  local_ = local_of(fd_.get());
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), fd_.get());
}

TlsPeer::TlsPeer(const core::SocketAddress& server) {
  sockaddr_storage storage{};
  const socklen_t size = core::to_sockaddr(server, storage);
  fd_.reset(::socket(storage.ss_family, SOCK_STREAM, 0));
  if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0)
    throw std::runtime_error("peer cannot connect");
  context_.reset(SSL_CTX_new(TLS_client_method()));
  begin();
  if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("no TLS");
}

TlsPeer::TlsPeer(TlsServer& server) : fd_(::accept(server.fd_.get(), nullptr, nullptr)) {
  if (!fd_) throw std::runtime_error("nobody connects");
  context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate_file(context_.get(), server.files_.certificate().c_str(),
                               SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context_.get(), server.files_.key().c_str(), SSL_FILETYPE_PEM);
  if (server.asks_for_certificate)  // and knows no authority that vouches for any
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  begin();
  if (SSL_accept(ssl_.get()) != 1) throw std::runtime_error("no TLS");
}

TlsServer::TlsServer(const TlsFiles& files)
    : files_(files), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_storage storage{};
  const socklen_t size = core::to_sockaddr({core::parse_ip("127.0.0.1").value(), 0}, storage);
  if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0 ||
      ::listen(fd_.get(), 4) != 0)
    throw std::runtime_error("server cannot listen");
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  local_ = local_of(fd_.get());
}

bool TlsServer::is_called() {
  return static_cast<bool>(core::UniqueFd(::accept(fd_.get(), nullptr, nullptr)));
}

void TlsServer::hang_up() { static_cast<void>(is_called()); }

void TlsPeer::close() { fd_.reset(); }

void TlsPeer::send(std::string_view text) {
  SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
}

std::string TlsPeer::server_name() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name ? name : "";
}

void TlsPeer::send_in_two(std::string_view text, std::chrono::milliseconds pause) {
  BIO* socket = SSL_get_wbio(ssl_.get());
  BIO_up_ref(socket);
  BIO* memory = BIO_new(BIO_s_mem());
  SSL_set0_wbio(ssl_.get(), memory);
  send(text);
  char* record = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(memory, &record));
  static_cast<void>(::send(fd_.get(), record, size / 2, 0));
  std::this_thread::sleep_for(pause);
  static_cast<void>(::send(fd_.get(), record + size / 2, size - size / 2, 0));
  SSL_set0_wbio(ssl_.get(), socket);
}

SipText TlsPeer::receive() {
  std::string text;
  for (;;) {
    char buffer[16384];
    const int size = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (size <= 0) return {};
    text.append(buffer, static_cast<std::size_t>(size));
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const SipText message{text};
    const auto length =
        static_cast<std::size_t>(std::atoi(message.header("Content-Length").c_str()));
    if (text.size() >= end + 4 + length) return message;
  }
}

}  // namespace pbx::test
