// media/stun.h — STUN messages (RFC 8489), as they appear on RTP ports: connectivity checks and
// keep-alives.
//
// Pure and bounded.  Only the framing and the attributes of a binding are understood here;
// credentials belong to ICE.  A view points into the caller's bytes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <tl/expected.hpp>

#include "core/base/net.h"

namespace pbx::media {

constexpr std::size_t kStunHeaderBytes = 20;
constexpr std::uint32_t kStunCookie = 0x2112'a442;
constexpr std::uint16_t kStunBinding = 0x001;   // the method
constexpr std::size_t kStunAttributesMax = 32;  // a message with more is refused
constexpr std::size_t kStunUnknownMax = 8;      // comprehension-required types that are told back

enum class StunClass : std::uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

enum class StunAttribute : std::uint16_t {
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000a,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802a,
};

using StunTransaction = std::array<std::uint8_t, 12>;

struct StunView {
  StunClass message_class = StunClass::kRequest;
  std::uint16_t method = 0;
  StunTransaction transaction{};
  std::span<const std::uint8_t> attributes;  // well-formed as a sequence
  bool has_fingerprint = false;              // and it was right
  std::uint8_t unknown_count = 0;            // comprehension-required, not in StunAttribute
  std::array<std::uint16_t, kStunUnknownMax> unknown{};

  // The value of the first attribute of this type; nullopt if there is none.  What follows
  // MESSAGE-INTEGRITY, except FINGERPRINT, is not seen (RFC 8489 14.5).
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> find(StunAttribute type) const;
  // XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS of old servers.
  [[nodiscard]] std::optional<core::SocketAddress> mapped_address() const;
};

enum class StunFault : std::uint8_t {
  kTooShort,
  kType,
  kCookie,
  kLength,
  kAttribute,
  kFingerprint
};
constexpr std::size_t kStunFaults = 6;
[[nodiscard]] std::string_view text(StunFault fault);

// Errors: kTooShort below 20 octets, kType if the two first bits are not zero, kCookie, kLength if
// the length is not that of the datagram or no multiple of four, kAttribute if one exceeds the
// message or there are too many, kFingerprint if it is wrong or not the last.
[[nodiscard]] tl::expected<StunView, StunFault> parse_stun(std::span<const std::uint8_t> datagram);

// These return the size written, or 0 if `out` is too short.  All carry a FINGERPRINT.
constexpr std::size_t kStunBytesMax = 96;  // of what is written here
std::size_t write_binding_request(const StunTransaction& transaction, std::span<std::uint8_t> out);
// Answers with where the request came from.
std::size_t write_binding_success(const StunTransaction& transaction,
                                  const core::SocketAddress& mapped, std::span<std::uint8_t> out);
// 400, or 420 with the unknown attributes of the request (RFC 8489 6.3.1).
std::size_t write_binding_error(const StunView& request, int code, std::span<std::uint8_t> out);

}  // namespace pbx::media
