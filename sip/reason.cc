#include "sip/reason.h"

#include <optional>

#include "core/base/text.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

std::optional<Reason> parse_reason(std::string_view value) {
  Lexer lexer(value);
  Reason out;
  out.protocol = lexer.token();
  if (out.protocol.empty()) return std::nullopt;
  while (lexer.accept(';')) {
    const auto name = lexer.token();
    if (!lexer.accept('=')) continue;
    const auto param = lexer.value();
    if (!param) return std::nullopt;
    if (core::equals_nocase(name, "cause"))
      out.cause = core::parse_uint<std::uint16_t>(*param).value_or(0);
    if (core::equals_nocase(name, "text")) out.text = *param;
  }
  if (!lexer.at_end()) return std::nullopt;
  return out;
}

}  // namespace

std::vector<Reason> parse_reasons(std::string_view value) {
  std::vector<Reason> out;
  Lexer lexer(value);
  do {
    if (auto reason = parse_reason(lexer.until_outside(","))) out.push_back(std::move(*reason));
  } while (out.size() < kReasonsMax && lexer.accept(','));
  return out;
}

std::string text(const Reason& reason) {
  std::string out = reason.protocol;
  if (reason.cause != 0) out.append(";cause=").append(std::to_string(reason.cause));
  if (!reason.text.empty()) out.append(";text=").append(quoted(reason.text));
  return out;
}

std::uint8_t q850_cause(const std::vector<Reason>& reasons) {
  for (const auto& reason : reasons)
    if (core::equals_nocase(reason.protocol, "Q.850") && reason.cause >= 1 && reason.cause <= 127)
      return static_cast<std::uint8_t>(reason.cause);
  return 0;
}

bool is_completed_elsewhere(const std::vector<Reason>& reasons) {
  for (const auto& reason : reasons)
    if (core::equals_nocase(reason.protocol, "SIP") && reason.cause == 200) return true;
  return false;
}

}  // namespace pbx::sip
