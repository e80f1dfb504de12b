#include "core/number/dial_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.h"

namespace pbx::number {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t kParametersMax = 16;
constexpr std::string_view kPlainSeparators = " -./()\t";
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kDashesBegin = "\xE2\x80";  // U+2010 to U+2015 end with 0x90 to 0x95

// How many octets of separator `text` begins with.
std::size_t separator_size(std::string_view text) {
  if (kPlainSeparators.find(text.front()) != std::string_view::npos) return 1;
  if (text.starts_with(kNoBreakSpace)) return kNoBreakSpace.size();
  if (text.starts_with(kDashesBegin) && text.size() > 2 && text[2] >= '\x90' && text[2] <= '\x95')
    return 3;
  return 0;
}

std::string name_of(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet > 0x20 && octet < 0x7F ? fmt::format("'{}'", c)
                                      : fmt::format("octet 0x{:02X}", octet);
}

// %41 becomes A; what is no such triple stays and is then refused as a character.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto octet =
        text[at] == '%' ? core::hex_decode(text.substr(at + 1, 2)) : std::optional<std::string>();
    const bool is_triple = octet && octet->size() == 1;
    plain += is_triple ? octet->front() : text[at];
    if (is_triple) at += 2;
  }
  return plain;
}

// Digits, the '+' before them, and separators.
core::Result<void> read_digits(std::string_view text, DialText& result) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t separator = separator_size(text.substr(at));
    const bool is_first = result.digits.empty() && !result.has_plus;
    const bool is_code = (c == '*' || c == '#') && (is_first || result.digits.starts_with('*') ||
                                                    result.digits.starts_with('#'));
    if (separator == 0) {
      if (c == '+' && is_first) {
        result.has_plus = true;
      } else if (core::is_digit(c) || is_code) {
        result.digits += c;
      } else {
        return fail(ErrorCode::kInvalidArgument, fmt::format("has {} at {}, where only digits and "
                                                             "separators can be",
                                                             name_of(c), at + 1));
      }
    }
    at += std::max<std::size_t>(separator, 1);
  }
  if (result.digits.empty()) return fail(ErrorCode::kInvalidArgument, "has no digits");
  if (result.digits.size() > kDigitsMax)
    return fail(ErrorCode::kLimitReached, fmt::format("has more than {} digits", kDigitsMax));
  return {};
}

// ;phone-context= and ;ext= count; the others (isub, RFC 4694 rn and npdi, user) do not.
core::Result<void> read_parameter(std::string_view parameter, DialText& result) {
  const auto [name, value] =
      core::split_once(parameter, '=').value_or(std::pair(parameter, std::string_view()));
  const bool is_context = core::equals_nocase(name, "phone-context");
  if (is_context && !value.starts_with('+')) return {};
  if (!is_context && !core::equals_nocase(name, "ext")) return {};
  DialText digits;
  if (const auto read = read_digits(value, digits); !read)
    return fail(read.error().code, fmt::format("{} {}", name, read.error().detail));
  if (!is_context && digits.has_plus)
    return fail(ErrorCode::kInvalidArgument, "ext begins with '+'");
  (is_context ? result.context : result.sub_address) = digits.digits;
  return {};
}

// telephone-subscriber of RFC 3966: digits, then parameters.
core::Result<DialText> read_subscriber(std::string_view text) {
  std::array<std::string_view, kParametersMax + 2> parts;
  const std::size_t count = core::split(text, ';', parts);
  if (count == parts.size())
    return fail(ErrorCode::kLimitReached,
                fmt::format("has more than {} parameters", kParametersMax));
  DialText result;
  if (auto read = read_digits(unescape(parts[0]), result); !read) return core::forward_error(read);
  for (std::size_t i = 1; i < count; ++i) {
    if (auto read = read_parameter(unescape(parts[i]), result); !read)
      return core::forward_error(read);
  }
  return result;
}

// The user part of what follows "sip:", without a password.
core::Result<DialText> read_sip(std::string_view rest) {
  const auto user_host = core::split_once(rest, '@');
  if (!user_host) return fail(ErrorCode::kInvalidArgument, "is a sip URI without a user");
  std::string_view user = user_host->first;
  if (const auto with_password = core::split_once(user, ':')) user = with_password->first;
  return read_subscriber(user);
}

}  // namespace

core::Result<DialText> read_dial_text(std::string_view text) {
  if (text.size() > kDialTextMax)
    return fail(ErrorCode::kLimitReached, fmt::format("is longer than {} octets", kDialTextMax));
  const std::string_view trimmed = core::trim(text);
  if (trimmed.empty()) return fail(ErrorCode::kInvalidArgument, "is empty");
  for (const std::string_view scheme : {"sip:", "sips:"}) {
    if (core::starts_with_nocase(trimmed, scheme)) return read_sip(trimmed.substr(scheme.size()));
  }
  if (core::starts_with_nocase(trimmed, "tel:")) return read_subscriber(trimmed.substr(4));
  DialText result;
  if (auto read = read_digits(trimmed, result); !read) return core::forward_error(read);
  return result;
}

}  // namespace pbx::number
