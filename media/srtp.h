// media/srtp.h — protects and opens RTP and RTCP packets in place (RFC 3711), keys from SDES
// (RFC 4568).  The one home of libsrtp2.
//
// Owner: one session on a media worker.  Neither protecting nor opening allocates.
//
// One context is one direction under one key; it follows any SSRC.  Replays inside a window of
// kWindow packets and what fails authentication are refused.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "core/call/media_description.h"

struct srtp_ctx_t_;

namespace pbx::media {

class SrtpContext {
 public:
  enum class Use : std::uint8_t { kSend, kReceive };
  static constexpr unsigned long kWindow = 128;         // packets
  static constexpr std::size_t kTrailerBytesMax = 144;  // room that protecting may need
  static constexpr std::size_t kKeyBytes = 30;

  // Errors: kInvalidArgument for a key of wrong length; kUnavailable if the library refuses.
  [[nodiscard]] static core::Result<SrtpContext> open(const call::SrtpKey& key, Use use);

  SrtpContext(SrtpContext&&) noexcept = default;
  SrtpContext& operator=(SrtpContext&&) noexcept = default;

  // All take a buffer whose first `size_bytes` are the packet, and return the new size, or 0 if it
  // was refused.  Protecting REQUIRES kTrailerBytesMax of room behind the packet, else it refuses.
  [[nodiscard]] std::size_t protect_rtp(std::span<std::uint8_t> buffer, std::size_t size_bytes);
  [[nodiscard]] std::size_t protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size_bytes);
  [[nodiscard]] std::size_t open_rtp(std::span<std::uint8_t> packet);
  [[nodiscard]] std::size_t open_rtcp(std::span<std::uint8_t> packet);

 private:
  struct Free {
    void operator()(srtp_ctx_t_* context) const noexcept;
  };
  explicit SrtpContext(srtp_ctx_t_* context) : context_(context) {}
  std::unique_ptr<srtp_ctx_t_, Free> context_;
};

}  // namespace pbx::media
