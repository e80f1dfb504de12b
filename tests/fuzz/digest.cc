// What parse_authorization() accepts can be written, read again to the same values, and verified.
#include "sip/digest.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto challenge = sip::parse_challenge(text); challenge && challenge->algorithm)
    if (!sip::parse_challenge(challenge->header())) std::abort();
  const auto first = sip::parse_authorization(text);
  if (!first || !first->algorithm || !first->qop) return 0;
  static sip::DigestServer server({first->realm}, "0123456789abcdef");
  static const sip::DigestSecret secret{"password", {}, {}};
  (void)server.verify(core::Instant{}, *first, {"REGISTER", first->uri, ""}, &secret);
  const auto header = first->header();
  const auto second = sip::parse_authorization(header);
  if (!second) {
    if (header.size() <= sip::kDigestBytesMax) std::abort();
    return 0;
  }
  if (second->username != first->username || second->response != first->response ||
      second->nonce_count != first->nonce_count)
    std::abort();
  return 0;
}
