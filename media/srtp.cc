#include "media/srtp.h"

#include <srtp2/srtp.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace pbx::media {
namespace {

// The library wants one call before all others; it happens once, at the first key.
bool library_ready() {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  return ready;
}

srtp_policy_t make_policy(const call::SrtpKey& key, SrtpContext::Use use, std::uint8_t* raw_key) {
  srtp_policy_t policy{};
  if (key.suite == call::SrtpSuite::kAesCm128HmacSha1_32)
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
  else
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  // RFC 4568 6.2.2: SRTCP keeps the 80-bit tag with both suites.
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.ssrc.type = use == SrtpContext::Use::kSend ? ssrc_any_outbound : ssrc_any_inbound;
  policy.key = raw_key;
  policy.window_size = SrtpContext::kWindow;
  policy.allow_repeat_tx = 0;
  return policy;
}

using Operation = srtp_err_status_t (*)(srtp_t, void*, int*);

std::size_t run(Operation operation, srtp_t context, std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (operation(context, packet.data(), &size) != srtp_err_status_ok) return 0;
  return static_cast<std::size_t>(size);
}

}  // namespace

void SrtpContext::Free::operator()(srtp_ctx_t_* context) const noexcept { srtp_dealloc(context); }

core::Result<SrtpContext> SrtpContext::open(const call::SrtpKey& key, Use use) {
  if (key.key_salt.size() != kKeyBytes)
    return core::fail(core::ErrorCode::kInvalidArgument, "an SRTP key has 30 octets");
  if (!library_ready()) return core::fail(core::ErrorCode::kUnavailable, "libsrtp did not start");
  std::array<std::uint8_t, kKeyBytes> raw{};
  std::copy(key.key_salt.begin(), key.key_salt.end(), raw.begin());
  const srtp_policy_t policy = make_policy(key, use, raw.data());
  srtp_t context = nullptr;
  const srtp_err_status_t status = srtp_create(&context, &policy);
  if (status != srtp_err_status_ok)
    return core::fail(core::ErrorCode::kUnavailable,
                      fmt::format("libsrtp error {}", static_cast<int>(status)));
  return SrtpContext(context);
}

std::size_t SrtpContext::protect_rtp(std::span<std::uint8_t> buffer, std::size_t size_bytes) {
  if (buffer.size() < size_bytes + kTrailerBytesMax) return 0;
  return run(srtp_protect, context_.get(), buffer.first(size_bytes));
}
std::size_t SrtpContext::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size_bytes) {
  if (buffer.size() < size_bytes + kTrailerBytesMax) return 0;
  return run(srtp_protect_rtcp, context_.get(), buffer.first(size_bytes));
}
std::size_t SrtpContext::open_rtp(std::span<std::uint8_t> packet) {
  return run(srtp_unprotect, context_.get(), packet);
}
std::size_t SrtpContext::open_rtcp(std::span<std::uint8_t> packet) {
  return run(srtp_unprotect_rtcp, context_.get(), packet);
}

}  // namespace pbx::media
