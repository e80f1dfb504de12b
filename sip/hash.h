// sip/hash.h — MD5, SHA-256 and HMAC-SHA-256; the only file of sip/ that knows OpenSSL's digests.
//
// One owner each, not thread-safe.  Algorithms are fetched and contexts made once, because
// a fetch costs more than the hash of a digest response.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_st;
struct evp_md_ctx_st;
struct evp_mac_ctx_st;

namespace pbx::sip {

enum class HashAlgorithm : std::uint8_t { kMd5, kSha256 };

class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  // MD5 is missing where the system is set to FIPS.
  [[nodiscard]] bool has(HashAlgorithm algorithm) const;

  // The hash of the parts one after the other, as lower-case hex; "" if !has(algorithm).
  std::string hex(HashAlgorithm algorithm, std::initializer_list<std::string_view> parts);

 private:
  struct Free {
    void operator()(evp_md_st* md) const;
    void operator()(evp_md_ctx_st* context) const;
  };
  std::array<std::unique_ptr<evp_md_st, Free>, 2> algorithms_;  // by value of HashAlgorithm
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// HMAC-SHA-256 (RFC 2104) under one key.
class Hmac {
 public:
  explicit Hmac(std::string_view key);
  ~Hmac();
  Hmac(Hmac&&) noexcept;
  Hmac& operator=(Hmac&&) noexcept;

  std::string raw(std::string_view message);  // 32 octets

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

// In a time that does not depend on where they differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace pbx::sip
