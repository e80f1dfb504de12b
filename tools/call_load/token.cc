#include "tools/call_load/token.h"

#include <array>

#include "core/base/text.h"
#include "tools/call_load/append.h"

namespace pbx::call_load {

void append_token(std::string& out, std::uint32_t run, const Token& token) {
  append(out, Hex{run}, '.', static_cast<char>(token.kind), Hex{token.index}, '.',
         Hex{token.serial}, '.', Hex{token.cseq});
}

std::optional<Token> parse_token(std::string_view text, std::uint32_t run) {
  if (text.starts_with(kBranchPrefix)) text.remove_prefix(kBranchPrefix.size());
  std::array<std::string_view, 4> parts;
  if (core::split(text, '.', parts) != 4 || parts[1].size() < 2) return std::nullopt;
  constexpr auto kMax = UINT32_MAX;
  if (core::parse_uint<std::uint32_t>(parts[0], kMax, 16) != run) return std::nullopt;
  const auto index = core::parse_uint<std::uint32_t>(parts[1].substr(1), kMax, 16);
  const auto serial = core::parse_uint<std::uint32_t>(parts[2], kMax, 16);
  const auto cseq = core::parse_uint<std::uint32_t>(parts[3], kMax, 16);
  const char kind = parts[1][0];
  if (!index || !serial || !cseq || (kind != 'l' && kind != 'p')) return std::nullopt;
  return Token{static_cast<Token::Kind>(kind), *index, *serial, *cseq};
}

}  // namespace pbx::call_load
