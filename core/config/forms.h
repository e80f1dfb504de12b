// core/config/forms.h — how each kind of option is written: text to value, value to text, and the
// words for what is allowed.
//
// Pure.  Every form has
//   read(text)   the value, or what is wrong as a phrase that follows the text: "is not a number"
//   write(value) text that read() turns into the same value
//   type()       the kind as a noun phrase: "a duration"
//   allowed()    what is allowed: "1s to 1h", "md5, sha-256"
// What a form refuses never appears in the phrase, because it may be a secret.

#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <tl/expected.hpp>

#include "core/base/net.h"
#include "core/base/text.h"
#include "core/config/extension.h"
#include "core/config/media.h"
#include "core/config/profile.h"
#include "core/config/secret.h"
#include "core/config/suggest.h"

namespace pbx::config {

using Millis = std::chrono::milliseconds;

template <class T>
using Parsed = tl::expected<T, std::string>;
inline tl::unexpected<std::string> refuse(std::string why) {
  return tl::unexpected<std::string>(std::move(why));
}

// true, yes, on; false, no, off.
struct FlagForm {
  [[nodiscard]] Parsed<bool> read(std::string_view text) const;
  [[nodiscard]] std::string write(bool value) const { return value ? "true" : "false"; }
  [[nodiscard]] std::string type() const { return "true or false"; }
  [[nodiscard]] std::string allowed() const { return "true, false"; }
};

// A whole number.  `unit` is what is counted; `zero` says what 0 means where 0 is outside of
// min to max and allowed all the same.
struct NumberForm {
  std::uint32_t min = 0;
  std::uint32_t max = std::numeric_limits<std::uint32_t>::max();
  std::string_view unit;
  std::string_view zero;

  [[nodiscard]] Parsed<std::uint32_t> read(std::string_view text) const;
  [[nodiscard]] std::string write(std::uint32_t value) const { return fmt::format("{}", value); }
  [[nodiscard]] std::string type() const { return "a whole number"; }
  [[nodiscard]] std::string allowed() const;
};

// A number with one of the units ms, s, m, h, d.  `zero` as in NumberForm.
struct DurationForm {
  Millis min{0};
  Millis max{0};
  std::string_view zero;

  [[nodiscard]] Parsed<Millis> read(std::string_view text) const;
  [[nodiscard]] std::string write(Millis value) const;
  [[nodiscard]] std::string type() const { return "a duration such as 500ms, 30s, 5m, 12h or 7d"; }
  [[nodiscard]] std::string allowed() const;
};

// A number of bytes with one of the units B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB.
struct SizeForm {
  std::uint64_t min = 0;
  std::uint64_t max = 0;

  [[nodiscard]] Parsed<std::uint64_t> read(std::string_view text) const;
  [[nodiscard]] std::string write(std::uint64_t value) const;
  [[nodiscard]] std::string type() const { return "a size such as 64KiB, 10MB or 2GB"; }
  [[nodiscard]] std::string allowed() const;
};

enum class TextKind : std::uint8_t {
  kLine,   // any printable characters
  kName,   // letters, digits, '-', '_' and '.'
  kRealm,  // any printable ASCII but '"' and '\': it stands inside quotes in a header field
  kDial,   // what a phone can dial: digits, '*', '#', '+' in front
};

struct TextForm {
  std::size_t min = 0;  // characters (bytes)
  std::size_t max = 64;
  TextKind kind = TextKind::kLine;

  [[nodiscard]] Parsed<std::string> read(std::string_view text) const;
  [[nodiscard]] std::string write(const std::string& value) const { return value; }
  [[nodiscard]] std::string type() const { return "a text"; }
  [[nodiscard]] std::string allowed() const;
};

inline constexpr std::size_t kPathMax = 4096;  // PATH_MAX

// The path of a file or directory; a relative one begins at `base`.  `keyword` stands for "".
struct PathForm {
  std::string_view keyword;
  std::size_t max = kPathMax;

  [[nodiscard]] Parsed<std::filesystem::path> read(std::string_view text,
                                                   const std::filesystem::path& base) const;
  [[nodiscard]] std::string write(const std::filesystem::path& value) const;
  [[nodiscard]] std::string type() const { return "a path"; }
  [[nodiscard]] std::string allowed() const;
};

// One word of a table.  The table outlives the form: it is constexpr.
template <class E>
struct WordForm {
  std::span<const std::pair<std::string_view, E>> words;

  [[nodiscard]] Parsed<E> read(std::string_view text) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : words) {
      if (core::equals_nocase(name, text)) return value;
      names.emplace_back(name);
    }
    const std::string meant = nearest(core::to_lower(text), names);
    return refuse(meant.empty() ? "is not known"
                                : fmt::format("is not known, did you mean `{}`?", meant));
  }
  [[nodiscard]] std::string write(const E& value) const {
    for (const auto& [name, known] : words) {
      if (known == value) return std::string(name);
    }
    return {};
  }
  [[nodiscard]] std::string type() const { return "one word"; }
  [[nodiscard]] std::string allowed() const {
    std::string list;
    for (const auto& [name, value] : words) {
      list.append(list.empty() ? "" : ", ").append(name);
    }
    return list;
  }
};
template <class E, std::size_t N>
WordForm(const std::array<std::pair<std::string_view, E>, N>&) -> WordForm<E>;

// An address that something can be sent to: neither 0.0.0.0 nor ::.
struct AddressForm {
  [[nodiscard]] Parsed<core::IpAddress> read(std::string_view text) const;
  [[nodiscard]] std::string write(const core::IpAddress& value) const { return value.text(); }
  [[nodiscard]] std::string type() const { return "an IP address"; }
  [[nodiscard]] std::string allowed() const { return "an IPv4 or IPv6 address of one host"; }
};

struct PrefixForm {
  [[nodiscard]] Parsed<core::IpPrefix> read(std::string_view text) const;
  [[nodiscard]] std::string write(const core::IpPrefix& value) const;
  [[nodiscard]] std::string type() const { return "an IP prefix"; }
  [[nodiscard]] std::string allowed() const { return "prefixes such as 10.0.0.0/8 or fc00::/7"; }
};

struct ListenForm {
  [[nodiscard]] Parsed<ListenAddress> read(std::string_view text) const;
  [[nodiscard]] std::string write(const ListenAddress& value) const;
  [[nodiscard]] std::string type() const { return "a listening address"; }
  [[nodiscard]] std::string allowed() const {
    return "udp, tcp or tls with address and port, as in udp:0.0.0.0:5060 or tls:[::]:5061";
  }
};

// 127.0.0.1:8080 or [::1]:8080; `none` for no address.
struct LoopbackForm {
  [[nodiscard]] Parsed<core::SocketAddress> read(std::string_view text) const;
  [[nodiscard]] std::string write(const core::SocketAddress& value) const;
  [[nodiscard]] std::string type() const { return "an address with a port"; }
  [[nodiscard]] std::string allowed() const {
    return "none, or a loopback address and port, as in 127.0.0.1:8080";
  }
};

struct PortRangeForm {
  [[nodiscard]] Parsed<PortRange> read(std::string_view text) const;
  [[nodiscard]] std::string write(const PortRange& value) const;
  [[nodiscard]] std::string type() const { return "a range of ports"; }
  [[nodiscard]] std::string allowed() const;
};

// A code point of RFC 2474 by number or by its usual name: cs0 to cs7, af11 to af43, ef.
struct DscpForm {
  [[nodiscard]] Parsed<std::uint8_t> read(std::string_view text) const;
  [[nodiscard]] std::string write(std::uint8_t value) const;
  [[nodiscard]] std::string type() const { return "a DSCP"; }
  [[nodiscard]] std::string allowed() const { return "0 to 63, cs0 to cs7, af11 to af43, ef"; }
};

// The permissions of a file: 0600, 0660, 0666.
struct ModeForm {
  [[nodiscard]] Parsed<std::uint32_t> read(std::string_view text) const;
  [[nodiscard]] std::string write(std::uint32_t value) const { return fmt::format("0{:o}", value); }
  [[nodiscard]] std::string type() const { return "an octal number"; }
  [[nodiscard]] std::string allowed() const { return "0600 to 0777"; }
};

// The word `generate`, or the password itself.
struct PasswordForm {
  [[nodiscard]] Parsed<Credentials> read(std::string_view text) const;
  [[nodiscard]] std::string write(const Credentials& value) const;
  [[nodiscard]] std::string type() const { return "a password"; }
  [[nodiscard]] std::string allowed() const;
};

// A hash in hexadecimal digits.
struct HashForm {
  std::size_t digits = 32;

  [[nodiscard]] Parsed<Secret> read(std::string_view text) const;
  [[nodiscard]] std::string write(const Secret& value) const { return value.reveal(); }
  [[nodiscard]] std::string type() const { return "a hash"; }
  [[nodiscard]] std::string allowed() const { return fmt::format("{} hexadecimal digits", digits); }
};

}  // namespace pbx::config
