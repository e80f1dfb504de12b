#include "media/stun.h"

#include <algorithm>

#include "media/bytes.h"

namespace pbx::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kAttributeHeaderBytes = 4;
constexpr std::size_t kFingerprintBytes = 8;            // with its header
constexpr std::uint32_t kFingerprintXor = 0x5354'554e;  // RFC 8489 14.7
constexpr std::uint8_t kFamilyV4 = 1, kFamilyV6 = 2;

std::size_t padded(std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; }

// RFC 8489 5: the class bits lie between the method bits.
StunClass class_of(std::uint16_t type) {
  return static_cast<StunClass>((type >> 7 & 2) | (type >> 4 & 1));
}
std::uint16_t method_of(std::uint16_t type) {
  return static_cast<std::uint16_t>((type & 0x000f) | (type >> 1 & 0x0070) | (type >> 2 & 0x0f80));
}
std::uint16_t type_of(StunClass message_class, std::uint16_t method) {
  const unsigned bits = static_cast<unsigned>(message_class);
  return static_cast<std::uint16_t>((method & 0x000f) | (method & 0x0070) << 1 |
                                    (method & 0x0f80) << 2 | (bits & 1) << 4 | (bits & 2) << 7);
}

// The CRC-32 of ITU-T V.42, as zlib has it.
constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb8'8320 ^ value >> 1 : value >> 1;
    table[i] = value;
  }
  return table;
}

std::uint32_t fingerprint(Bytes message) {
  static constexpr auto kTable = make_crc_table();
  std::uint32_t crc = 0xffff'ffff;
  for (const std::uint8_t octet : message) crc = kTable[(crc ^ octet) & 0xff] ^ crc >> 8;
  return ~crc ^ kFingerprintXor;
}

bool is_known(std::uint16_t type) {
  switch (static_cast<StunAttribute>(type)) {
    case StunAttribute::kMappedAddress:
    case StunAttribute::kUsername:
    case StunAttribute::kMessageIntegrity:
    case StunAttribute::kErrorCode:
    case StunAttribute::kUnknownAttributes:
    case StunAttribute::kRealm:
    case StunAttribute::kNonce:
    case StunAttribute::kXorMappedAddress:
    case StunAttribute::kPriority:
    case StunAttribute::kUseCandidate:
      return true;
    default:
      return type >= 0x8000;  // comprehension-optional
  }
}

// One attribute off the front of `rest`; nullopt if it does not fit.
struct Attribute {
  std::uint16_t type;
  Bytes value;
};
std::optional<Attribute> take_attribute(Bytes& rest) {
  if (rest.size() < kAttributeHeaderBytes) return std::nullopt;
  const std::size_t bytes = load16(rest.data() + 2);
  if (rest.size() - kAttributeHeaderBytes < padded(bytes)) return std::nullopt;
  const Attribute attribute{load16(rest.data()), rest.subspan(kAttributeHeaderBytes, bytes)};
  rest = rest.subspan(kAttributeHeaderBytes + padded(bytes));
  return attribute;
}

std::optional<StunFault> check_attributes(Bytes datagram, StunView& view) {
  Bytes rest = view.attributes;
  for (std::size_t count = 0; !rest.empty(); ++count) {
    const std::size_t at = datagram.size() - rest.size();
    const auto attribute = take_attribute(rest);
    if (!attribute || count == kStunAttributesMax) return StunFault::kAttribute;
    if (attribute->type == static_cast<std::uint16_t>(StunAttribute::kFingerprint)) {
      if (attribute->value.size() != 4 || !rest.empty() ||
          load32(attribute->value.data()) != fingerprint(datagram.first(at)))
        return StunFault::kFingerprint;
      view.has_fingerprint = true;
    } else if (!is_known(attribute->type) && view.unknown_count < kStunUnknownMax) {
      view.unknown[view.unknown_count++] = attribute->type;
    }
  }
  return std::nullopt;
}

// The address of a (XOR-)MAPPED-ADDRESS.  `mask` is zero or the cookie and the transaction.
std::optional<core::SocketAddress> read_address(Bytes value,
                                                const std::array<std::uint8_t, 16>& mask) {
  if (value.size() < 4) return std::nullopt;
  core::SocketAddress address;
  const std::size_t width = value[1] == kFamilyV4 ? 4 : value[1] == kFamilyV6 ? 16 : 0;
  if (width == 0 || value.size() != 4 + width) return std::nullopt;
  address.ip.family = width == 4 ? core::IpFamily::kV4 : core::IpFamily::kV6;
  address.port = static_cast<std::uint16_t>(load16(value.data() + 2) ^ load16(mask.data()));
  for (std::size_t i = 0; i < width; ++i)
    address.ip.bytes[i] = static_cast<std::uint8_t>(value[4 + i] ^ mask[i]);
  return address;
}

std::array<std::uint8_t, 16> mask_of(const StunTransaction& transaction) {
  std::array<std::uint8_t, 16> mask{};
  store32(mask.data(), kStunCookie);
  std::copy(transaction.begin(), transaction.end(), mask.begin() + 4);
  return mask;
}

// Builds a message; after what does not fit, nothing is written and size() is 0.
class Writer {
 public:
  Writer(StunClass message_class, const StunTransaction& transaction, std::span<std::uint8_t> out)
      : out_(out) {
    if (!reserve(kStunHeaderBytes)) return;
    store16(out_.data(), type_of(message_class, kStunBinding));
    store32(out_.data() + 4, kStunCookie);
    std::copy(transaction.begin(), transaction.end(), out_.begin() + 8);
  }
  void put(StunAttribute type, Bytes value) {
    const std::size_t at = size_;
    if (!reserve(kAttributeHeaderBytes + padded(value.size()))) return;
    const auto here = out_.subspan(at, size_ - at);
    std::fill(here.begin(), here.end(), std::uint8_t{0});
    store16(here.data(), static_cast<std::uint16_t>(type));
    store16(here.data() + 2, static_cast<std::uint32_t>(value.size()));
    std::copy(value.begin(), value.end(), here.begin() + kAttributeHeaderBytes);
  }
  std::size_t finish() {
    if (failed_ || out_.size() - size_ < kFingerprintBytes) return 0;
    // The length counts the fingerprint already (RFC 8489 14.7).
    store16(out_.data() + 2,
            static_cast<std::uint32_t>(size_ + kFingerprintBytes - kStunHeaderBytes));
    std::array<std::uint8_t, 4> crc{};
    store32(crc.data(), fingerprint(out_.first(size_)));
    put(StunAttribute::kFingerprint, crc);
    return size_;
  }

 private:
  bool reserve(std::size_t bytes) {
    failed_ = failed_ || out_.size() - size_ < bytes;
    if (!failed_) size_ += bytes;
    return !failed_;
  }
  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
  bool failed_ = false;
};

}  // namespace

std::string_view text(StunFault fault) {
  constexpr std::array<std::string_view, kStunFaults> kTexts = {
      "too_short", "type", "cookie", "length", "attribute", "fingerprint"};
  return kTexts[static_cast<std::size_t>(fault)];
}

tl::expected<StunView, StunFault> parse_stun(Bytes datagram) {
  if (datagram.size() < kStunHeaderBytes) return tl::unexpected(StunFault::kTooShort);
  const std::uint16_t type = load16(datagram.data());
  if ((type & 0xc000) != 0) return tl::unexpected(StunFault::kType);
  if (load32(datagram.data() + 4) != kStunCookie) return tl::unexpected(StunFault::kCookie);
  const std::size_t length = load16(datagram.data() + 2);
  if (length % 4 != 0 || length != datagram.size() - kStunHeaderBytes)
    return tl::unexpected(StunFault::kLength);
  StunView view;
  view.message_class = class_of(type);
  view.method = method_of(type);
  std::copy_n(datagram.begin() + 8, view.transaction.size(), view.transaction.begin());
  view.attributes = datagram.subspan(kStunHeaderBytes);
  if (const auto fault = check_attributes(datagram, view)) return tl::unexpected(*fault);
  return view;
}

std::optional<Bytes> StunView::find(StunAttribute type) const {
  Bytes rest = attributes;
  bool sealed = false;
  while (const auto attribute = take_attribute(rest)) {
    const auto found = static_cast<StunAttribute>(attribute->type);
    if (found == type && (!sealed || type == StunAttribute::kFingerprint)) return attribute->value;
    sealed |= found == StunAttribute::kMessageIntegrity;
  }
  return std::nullopt;
}

std::optional<core::SocketAddress> StunView::mapped_address() const {
  if (const auto value = find(StunAttribute::kXorMappedAddress))
    return read_address(*value, mask_of(transaction));
  if (const auto value = find(StunAttribute::kMappedAddress)) return read_address(*value, {});
  return std::nullopt;
}

std::size_t write_binding_request(const StunTransaction& transaction, std::span<std::uint8_t> out) {
  return Writer(StunClass::kRequest, transaction, out).finish();
}

std::size_t write_binding_success(const StunTransaction& transaction,
                                  const core::SocketAddress& mapped, std::span<std::uint8_t> out) {
  const auto mask = mask_of(transaction);
  const std::size_t width = mapped.ip.family == core::IpFamily::kV6 ? 16 : 4;
  std::array<std::uint8_t, 20> value{};
  value[1] = width == 4 ? kFamilyV4 : kFamilyV6;
  store16(value.data() + 2, mapped.port ^ load16(mask.data()));
  for (std::size_t i = 0; i < width; ++i)
    value[4 + i] = static_cast<std::uint8_t>(mapped.ip.bytes[i] ^ mask[i]);
  Writer writer(StunClass::kSuccess, transaction, out);
  writer.put(StunAttribute::kXorMappedAddress, Bytes(value).first(4 + width));
  return writer.finish();
}

std::size_t write_binding_error(const StunView& request, int code, std::span<std::uint8_t> out) {
  Writer writer(StunClass::kError, request.transaction, out);
  const std::array<std::uint8_t, 4> error = {0, 0, static_cast<std::uint8_t>(code / 100),
                                             static_cast<std::uint8_t>(code % 100)};
  writer.put(StunAttribute::kErrorCode, error);
  if (code == 420) {
    std::array<std::uint8_t, kStunUnknownMax * 2> types{};
    for (std::size_t i = 0; i < request.unknown_count; ++i)
      store16(types.data() + 2 * i, request.unknown[i]);
    writer.put(StunAttribute::kUnknownAttributes, Bytes(types).first(request.unknown_count * 2u));
  }
  return writer.finish();
}

}  // namespace pbx::media
