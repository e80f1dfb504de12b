// tools/call_load/token.h — names that carry their meaning, so that nothing has to be looked up.
//
// Pure.  Tags and branches of our own are "<run>.<kind><index>.<serial>.<cseq>" in hexadecimal: the
// server sends them back, and they lead straight to the leg.  `run` differs from start to start, so
// that late datagrams of an earlier run on the same ports are not taken for ours.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pbx::call_load {

struct Token {
  enum class Kind : char { kLeg = 'l', kPhone = 'p' };

  Kind kind = Kind::kLeg;
  std::uint32_t index = 0;   // of the leg, or of the phone that registers
  std::uint32_t serial = 0;  // of the call: indexes are used again, serials are not
  std::uint32_t cseq = 0;    // 0 in tags
  friend bool operator==(const Token&, const Token&) = default;
};

inline constexpr std::string_view kBranchPrefix = "z9hG4bK-";  // RFC 3261 8.1.1.7

void append_token(std::string& out, std::uint32_t run, const Token& token);

// Accepts a token of this run with or without kBranchPrefix; nullopt for everything else.
[[nodiscard]] std::optional<Token> parse_token(std::string_view text, std::uint32_t run);

}  // namespace pbx::call_load
