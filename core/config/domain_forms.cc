#include "core/config/domain_forms.h"

#include "core/base/net.h"

namespace pbx::config {
namespace {

constexpr TextForm kName{.min = 1, .max = 253, .kind = TextKind::kName};  // RFC 1035 2.3.4

// An IPv6 address without its brackets; "" if there are none.
std::string_view between_brackets(std::string_view text) {
  const bool has_both = text.size() > 2 && text.front() == '[' && text.back() == ']';
  return has_both ? text.substr(1, text.size() - 2) : std::string_view();
}

}  // namespace

Parsed<std::string> HostForm::read(std::string_view text) const {
  if (const auto address = core::parse_ip(between_brackets(text)))
    return fmt::format("[{}]", address->text());
  return kName.read(text).map([](const std::string& name) { return core::to_lower(name); });
}

Parsed<std::string> DomainForm::read(std::string_view text) const {
  if (text == kHouseWord) return std::string();
  return TextForm{.min = 1, .max = 32, .kind = TextKind::kName}.read(text);
}

}  // namespace pbx::config
