#include "sip/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "core/base/assert.h"
#include "core/base/text.h"

namespace pbx::sip {

void Hasher::Free::operator()(evp_md_st* md) const { EVP_MD_free(md); }
void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }
void Hmac::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

Hasher::Hasher() : context_(EVP_MD_CTX_new()) {
  PBX_ASSERT(context_);
  algorithms_[0].reset(EVP_MD_fetch(nullptr, "MD5", nullptr));
  algorithms_[1].reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

bool Hasher::has(HashAlgorithm algorithm) const {
  return algorithms_[static_cast<std::size_t>(algorithm)] != nullptr;
}

std::string Hasher::hex(HashAlgorithm algorithm, std::initializer_list<std::string_view> parts) {
  if (!has(algorithm)) return {};
  const auto* md = algorithms_[static_cast<std::size_t>(algorithm)].get();
  bool done = EVP_DigestInit_ex2(context_.get(), md, nullptr) == 1;
  for (const auto part : parts)
    done = done && EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1;
  unsigned char octets[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  done = done && EVP_DigestFinal_ex(context_.get(), octets, &length) == 1;
  PBX_ASSERT(done);  // only lack of memory is left as a reason
  return core::hex_encode({reinterpret_cast<const char*>(octets), length});
}

Hmac::Hmac(std::string_view key) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);  // the context keeps its own reference
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  const auto* octets = reinterpret_cast<const unsigned char*>(key.data());
  PBX_ASSERT(context_ && EVP_MAC_init(context_.get(), octets, key.size(), params) == 1);
}
Hmac::~Hmac() = default;
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;

std::string Hmac::raw(std::string_view message) {
  unsigned char octets[EVP_MAX_MD_SIZE];
  std::size_t length = 0;
  // Without a key the one of the constructor is used again.
  const bool done =
      EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
      EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) == 1 &&
      EVP_MAC_final(context_.get(), octets, &length, sizeof octets) == 1;
  PBX_ASSERT(done);
  return {reinterpret_cast<const char*>(octets), length};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pbx::sip
