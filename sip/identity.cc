#include "sip/identity.h"

#include <fmt/format.h>

#include "sip/diversion.h"
#include "sip/text.h"
#include "sip/uri.h"
#include "sip/wire.h"

namespace pbx::sip {
namespace {

constexpr std::string_view kAnonymousUri = "sip:anonymous@anonymous.invalid";  // RFC 3323 4.1.1.3

std::string uri_at(std::string_view number, std::string_view host) {
  return number.empty() ? fmt::format("sip:{}", host)
                        : fmt::format("sip:{}@{}", escape_user(number), host);
}

bool is_own(std::string_view number, const config::Extension& extension) {
  return number == extension.number || number == extension.caller_id;
}

}  // namespace

call::Party caller_of(const sip_t* sip, const config::Extension& extension) {
  call::Party party{extension.caller_id, extension.name};
  if (party.name.empty()) party.name = display_of(sip->sip_from->a_display);
  for (const std::string& value : unknown_headers(sip, "P-Asserted-Identity")) {
    const auto asserted = parse_name_addr(value);
    const auto uri = asserted ? parse_uri(asserted->uri) : core::Result<Uri>(Uri{});
    if (!asserted || !uri || !is_own(uri->user, extension)) continue;
    party.number = uri->user;
    if (!asserted->display.empty()) party.name = asserted->display;
    break;
  }
  return party;
}

bool wants_privacy(const sip_t* sip) {
  if (!sip->sip_privacy) return false;
  for (const msg_param_t* value = sip->sip_privacy->priv_values; value && *value; ++value)
    if (core::equals_nocase(*value, "id") || core::equals_nocase(*value, "user") ||
        core::equals_nocase(*value, "header"))
      return true;
  return false;
}

std::vector<call::Diversion> diversions_of(const sip_t* sip) {
  const auto joined = [&](std::string_view name) {
    std::string all;
    for (const std::string& value : unknown_headers(sip, name))
      all.append(all.empty() ? "" : ", ").append(value);
    return all;
  };
  auto diversions = parse_diversions(joined("Diversion"));
  if (diversions.empty()) diversions = diversions_of(parse_history(joined("History-Info")));
  return diversions;
}

std::string from_of(const call::SipInvite& invite, std::string_view host) {
  if (invite.anonymous) return name_address("Anonymous", kAnonymousUri);
  return name_address(invite.from.name, uri_at(invite.from.number, host));
}

void add_identity(const call::SipInvite& invite, std::string_view host, HeaderText& headers) {
  if (invite.trusted && !invite.from.number.empty())
    headers.add("P-Asserted-Identity",
                name_address(invite.from.name, uri_at(invite.from.number, host)));
  headers.add_if(invite.anonymous, "Privacy", "id");
  if (invite.diversions.empty()) return;
  headers.add("Diversion", format_diversions(invite.diversions, host));
  headers.add("History-Info", format_history(invite.diversions, invite.to.number, host));
}

}  // namespace pbx::sip
