#include "sip/sdp_crypto.h"

#include "core/base/text.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

constexpr std::string_view kSuite80 = "AES_CM_128_HMAC_SHA1_80";
constexpr std::string_view kSuite32 = "AES_CM_128_HMAC_SHA1_32";
constexpr std::string_view kInline = "inline:";

std::optional<call::SrtpSuite> find_suite(std::string_view name) {
  if (core::equals_nocase(name, kSuite80)) return call::SrtpSuite::kAesCm128HmacSha1_80;
  if (core::equals_nocase(name, kSuite32)) return call::SrtpSuite::kAesCm128HmacSha1_32;
  return std::nullopt;
}

// "2^20" or decimal.
std::optional<std::uint64_t> parse_lifetime(std::string_view text) {
  if (!text.starts_with("2^")) return core::parse_uint<std::uint64_t>(text);
  const auto exponent = core::parse_uint<std::uint8_t>(text.substr(2));
  if (!exponent || *exponent > 48) return std::nullopt;
  return std::uint64_t{1} << *exponent;
}

// "inline:<key and salt>[|lifetime]"; anything after that is an MKI.
std::optional<std::string> parse_key(std::string_view text) {
  if (!core::starts_with_nocase(text, kInline)) return std::nullopt;
  text.remove_prefix(kInline.size());
  const auto bar = text.find('|');
  auto key_salt = core::base64_decode(text.substr(0, bar));
  if (!key_salt || key_salt->size() != kSrtpKeySaltBytes) return std::nullopt;
  if (bar == std::string_view::npos) return key_salt;
  const auto lifetime = parse_lifetime(text.substr(bar + 1));
  if (!lifetime || *lifetime < kSrtpLifetimeMin || *lifetime > kSrtpLifetimeMax)
    return std::nullopt;
  return key_salt;
}

bool is_harmless_parameter(std::string_view parameter) {
  return parameter.front() == '-' || core::starts_with_nocase(parameter, "WSH=");
}

}  // namespace

std::optional<call::SrtpKey> parse_crypto(std::string_view value) {
  const auto tag = core::parse_uint<unsigned>(next_word(value), kCryptoTagMax);
  const auto suite = find_suite(next_word(value));
  auto key_salt = parse_key(next_word(value));
  if (!tag || !suite || !key_salt) return std::nullopt;
  for (auto word = next_word(value); !word.empty(); word = next_word(value))
    if (!is_harmless_parameter(word)) return std::nullopt;
  return call::SrtpKey{*tag, *suite, std::move(*key_salt)};
}

std::string format_crypto(const call::SrtpKey& key) {
  const bool long_tag = key.suite == call::SrtpSuite::kAesCm128HmacSha1_80;
  std::string out = std::to_string(key.tag);
  out.append(" ").append(long_tag ? kSuite80 : kSuite32).append(" ").append(kInline);
  return out + core::base64_encode(key.key_salt);
}

}  // namespace pbx::sip
