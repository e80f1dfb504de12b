#include "tests/support/tls_peer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace pbx::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Certificate make_certificate(EVP_PKEY* key, const std::string& host) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
  X509_set_pubkey(made.get(), key);
  X509_NAME* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str()),
      X509_EXTENSION_free);
  X509_add_ext(made.get(), names.get(), -1);
  X509_sign(made.get(), key, EVP_sha256());
  return made;
}

}  // namespace

TlsFiles::TlsFiles(std::string_view host) {
  std::string name = (std::filesystem::temp_directory_path() / "pbx-test-tls-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no directory");
  directory_ = name;
  const Key key(EVP_RSA_gen(2048), EVP_PKEY_free);
  const Certificate made = make_certificate(key.get(), std::string(host));
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

void TlsPeer::send(std::string_view text) {
  SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
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
