#include "core/config/forms.h"

#include <algorithm>

namespace pbx::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// From large to small: write() takes the first that divides the value.
constexpr std::array<Unit, 5> kDurationUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 9> kSizeUnits{{{"TB", 1'000'000'000'000},
                                          {"TiB", 1ULL << 40},
                                          {"GB", 1'000'000'000},
                                          {"GiB", 1ULL << 30},
                                          {"MB", 1'000'000},
                                          {"MiB", 1ULL << 20},
                                          {"kB", 1'000},
                                          {"KiB", 1ULL << 10},
                                          {"B", 1}}};

// "250ms" in the smallest unit; nullopt if it is no number with a unit, or too large to count.
std::optional<std::uint64_t> read_with_unit(std::string_view text, std::span<const Unit> units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = core::parse_uint<std::uint64_t>(text.substr(0, digits));
  const std::string_view suffix = text.substr(digits);
  if (!number) return std::nullopt;
  if (*number == 0 && suffix.empty()) return 0;
  for (const Unit& unit : units) {
    if (!core::equals_nocase(unit.name, suffix)) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

std::string write_with_unit(std::uint64_t value, std::span<const Unit> units) {
  if (value == 0) return "0";
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) return fmt::format("{}{}", value / unit.factor, unit.name);
  }
  return fmt::format("{}", value);
}

std::string with_zero(std::string_view zero, std::string range) {
  return zero.empty() ? range : fmt::format("0 ({}) or {}", zero, range);
}

bool is_letter(char c) {
  const char lower = core::to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

bool is_of_kind(TextKind kind, std::string_view text) {
  const auto all = [text](auto good) { return std::all_of(text.begin(), text.end(), good); };
  switch (kind) {
    case TextKind::kLine:
      return true;  // read_yaml has refused control characters
    case TextKind::kName:
      return all([](char c) {
        return is_letter(c) || core::is_digit(c) || c == '-' || c == '_' || c == '.';
      });
    case TextKind::kRealm:
      return all([](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    case TextKind::kDial:
      if (!text.empty() && text.front() == '+') text.remove_prefix(1);
      return std::all_of(text.begin(), text.end(),
                         [](char c) { return core::is_digit(c) || c == '*' || c == '#'; });
  }
  return false;
}

std::string_view words_of(TextKind kind) {
  switch (kind) {
    case TextKind::kLine:
      return "characters";
    case TextKind::kName:
      return "letters, digits, `-`, `_` and `.`";
    case TextKind::kRealm:
      return "ASCII characters without `\"` and `\\`";
    case TextKind::kDial:
      return "digits, `*` and `#`, with or without a `+` in front";
  }
  return {};
}

// RFC 2474 section 4.2.2, RFC 2597 section 6, RFC 3246.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 21> kDscpNames{
    {{"cs0", 0},   {"cs1", 8},   {"cs2", 16},  {"cs3", 24},  {"cs4", 32},  {"cs5", 40},
     {"cs6", 48},  {"cs7", 56},  {"af11", 10}, {"af12", 12}, {"af13", 14}, {"af21", 18},
     {"af22", 20}, {"af23", 22}, {"af31", 26}, {"af32", 28}, {"af33", 30}, {"af41", 34},
     {"af42", 36}, {"af43", 38}, {"ef", 46}}};

constexpr std::array<std::pair<std::string_view, Transport>, 3> kTransports{
    {{"udp", Transport::kUdp}, {"tcp", Transport::kTcp}, {"tls", Transport::kTls}}};

// Below it the system keeps ports for itself, and RTP has no business there.
constexpr std::uint16_t kRtpPortMin = 1024;
// Room for 25 calls of two legs; a smaller range is a slip of the pen.
constexpr int kRtpPortsMin = 100;

constexpr std::size_t kPasswordMin = 8;
constexpr std::size_t kPasswordMax = 128;
constexpr std::string_view kGenerate = "generate";

}  // namespace

Parsed<bool> FlagForm::read(std::string_view text) const {
  for (const std::string_view yes : {"true", "yes", "on"}) {
    if (core::equals_nocase(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "off"}) {
    if (core::equals_nocase(text, no)) return false;
  }
  return refuse("is not true or false");
}

Parsed<std::uint32_t> NumberForm::read(std::string_view text) const {
  const auto number = core::parse_uint<std::uint64_t>(text);
  if (!number) return refuse("is not a whole number");
  if (*number == 0 && !zero.empty()) return 0U;
  if (*number < min) return refuse("is too small");
  if (*number > max) return refuse("is too large");
  return static_cast<std::uint32_t>(*number);
}

std::string NumberForm::allowed() const {
  const std::string range = fmt::format("{} to {}", min, max);
  return with_zero(zero, unit.empty() ? range : fmt::format("{} {}", range, unit));
}

Parsed<Millis> DurationForm::read(std::string_view text) const {
  const auto number = read_with_unit(text, kDurationUnits);
  if (!number) return refuse("is not " + type());
  const Millis value(static_cast<Millis::rep>(*number));
  if (value == Millis(0) && !zero.empty()) return value;
  if (value < min) return refuse("is too short");
  if (value > max) return refuse("is too long");
  return value;
}

std::string DurationForm::write(Millis value) const {
  return write_with_unit(static_cast<std::uint64_t>(value.count()), kDurationUnits);
}

std::string DurationForm::allowed() const {
  return with_zero(zero, fmt::format("{} to {}", write(min), write(max)));
}

Parsed<std::uint64_t> SizeForm::read(std::string_view text) const {
  const auto value = read_with_unit(text, kSizeUnits);
  if (!value) return refuse("is not " + type());
  if (*value < min) return refuse("is too small");
  if (*value > max) return refuse("is too large");
  return *value;
}

std::string SizeForm::write(std::uint64_t value) const {
  return write_with_unit(value, kSizeUnits);
}

std::string SizeForm::allowed() const { return fmt::format("{} to {}", write(min), write(max)); }

Parsed<std::string> TextForm::read(std::string_view text) const {
  if (text.size() < min) return refuse("is too short");
  if (text.size() > max) return refuse("is too long");
  if (!is_of_kind(kind, text)) return refuse("has a character that is not allowed here");
  return std::string(text);
}

std::string TextForm::allowed() const {
  return fmt::format("{} to {} {}", min, max, words_of(kind));
}

Parsed<std::filesystem::path> PathForm::read(std::string_view text,
                                             const std::filesystem::path& base) const {
  if (!keyword.empty() && text == keyword) return std::filesystem::path();
  if (text.empty()) return refuse("is empty");
  if (text.size() > max) return refuse("is too long");
  return (base / std::filesystem::path(text)).lexically_normal();
}

std::string PathForm::write(const std::filesystem::path& value) const {
  return value.empty() ? std::string(keyword) : value.string();
}

std::string PathForm::allowed() const {
  const std::string path =
      fmt::format("a path{}, a relative one begins at the directory of this file",
                  max == kPathMax ? "" : fmt::format(" of at most {} characters", max));
  return keyword.empty() ? path : fmt::format("{}, or {}", keyword, path);
}

Parsed<core::IpAddress> AddressForm::read(std::string_view text) const {
  const auto address = core::parse_ip(text);
  if (!address) return refuse("is not an IP address");
  if (address->is_unspecified()) return refuse("is not the address of one host");
  return *address;
}

Parsed<core::IpPrefix> PrefixForm::read(std::string_view text) const {
  const auto prefix = core::parse_ip_prefix(text);
  if (!prefix) return refuse("is not an IP prefix");
  return *prefix;
}

std::string PrefixForm::write(const core::IpPrefix& value) const {
  return fmt::format("{}/{}", value.address.text(), value.length);
}

Parsed<ListenAddress> ListenForm::read(std::string_view text) const {
  const auto parts = core::split_once(text, ':');
  if (!parts) return refuse("is not a listening address");
  const auto transport = WordForm{kTransports}.read(parts->first);
  if (!transport) return refuse("does not begin with a known transport");
  const auto address = core::parse_socket_address(parts->second);
  if (!address) return refuse("has no IP address with a port after its transport");
  return ListenAddress{*transport, *address};
}

std::string ListenForm::write(const ListenAddress& value) const {
  return fmt::format("{}:{}", WordForm{kTransports}.write(value.transport), value.address.text());
}

Parsed<core::SocketAddress> LoopbackForm::read(std::string_view text) const {
  if (text == "none") return core::SocketAddress{};
  const auto address = core::parse_socket_address(text);
  if (!address) return refuse("is not an address with a port");
  if (!address->ip.is_loopback()) return refuse("is not a loopback address");
  return *address;
}

std::string LoopbackForm::write(const core::SocketAddress& value) const {
  return value.ip ? value.text() : "none";
}

Parsed<PortRange> PortRangeForm::read(std::string_view text) const {
  const auto ends = core::split_once(text, '-');
  if (!ends) return refuse("is not a range of ports");
  const auto first = core::parse_uint<std::uint16_t>(ends->first);
  const auto last = core::parse_uint<std::uint16_t>(ends->second);
  if (!first || !last) return refuse("is not a range of ports");
  if (*first > *last) return refuse("ends before it begins");
  if (*first < kRtpPortMin) return refuse("begins too low");
  if (*first % 2 != 0 || *last % 2 == 0) return refuse("does not go from an even to an odd port");
  if (*last - *first + 1 < kRtpPortsMin) return refuse("is too small a range");
  return PortRange{*first, *last};
}

std::string PortRangeForm::write(const PortRange& value) const {
  return fmt::format("{}-{}", value.first, value.last);
}

std::string PortRangeForm::allowed() const {
  return fmt::format("{} or more ports between {} and 65535, from an even to an odd one",
                     kRtpPortsMin, kRtpPortMin);
}

Parsed<std::uint8_t> DscpForm::read(std::string_view text) const {
  if (const auto named = WordForm{kDscpNames}.read(text)) return *named;
  const auto number = core::parse_uint<std::uint8_t>(text, 63);
  if (!number) return refuse("is not a DSCP");
  return *number;
}

std::string DscpForm::write(std::uint8_t value) const {
  const std::string name = WordForm{kDscpNames}.write(value);
  return name.empty() ? fmt::format("{}", value) : name;
}

Parsed<std::uint32_t> ModeForm::read(std::string_view text) const {
  const auto mode = core::parse_uint<std::uint32_t>(text, 0777, 8);
  if (!mode || text.front() != '0') return refuse("is not an octal number");
  if ((*mode & 0600) != 0600) return refuse("shuts the owner out");
  return *mode;
}

Parsed<Credentials> PasswordForm::read(std::string_view text) const {
  Credentials credentials;
  if (text == kGenerate) return credentials;
  if (text.size() < kPasswordMin) return refuse("is too short");
  if (text.size() > kPasswordMax) return refuse("is too long");
  credentials.kind = PasswordKind::kPlain;
  credentials.password = Secret(std::string(text));
  return credentials;
}

std::string PasswordForm::write(const Credentials& value) const {
  return value.kind == PasswordKind::kGenerated ? std::string(kGenerate) : value.password.reveal();
}

std::string PasswordForm::allowed() const {
  return fmt::format("{}, or {} to {} characters", kGenerate, kPasswordMin, kPasswordMax);
}

Parsed<Secret> HashForm::read(std::string_view text) const {
  const bool is_hex = core::hex_decode(text).has_value();
  if (!is_hex || text.size() != digits) return refuse("is not such a hash");
  return Secret(core::to_lower(text));
}

}  // namespace pbx::config
