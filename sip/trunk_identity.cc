#include "sip/trunk_identity.h"

#include <optional>

#include <fmt/format.h>

#include "sip/diversion.h"
#include "sip/identity.h"
#include "sip/redirect.h"
#include "sip/text.h"
#include "sip/uri.h"
#include "sip/wire.h"

namespace pbx::sip {
namespace {

constexpr std::string_view kAnonymous = "anonymous";
constexpr std::string_view kAnonymousHost = "anonymous.invalid";  // RFC 3323 4.1.1.3

// The user part of a SIP or tel URI; "" also for the anonymous.
std::string number_in(std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri || core::equals_nocase(uri->user, kAnonymous) ||
      core::equals_nocase(uri->host, kAnonymousHost))
    return {};
  return uri->user;
}

// The first party of header `name` that has a number.
std::optional<call::Party> party_in(const sip_t* sip, std::string_view name) {
  for (const std::string& line : unknown_headers(sip, name)) {
    for (const std::string& value : split_list(line)) {
      const auto address = parse_name_addr(value);
      if (!address) continue;
      std::string number = number_in(address->uri);
      if (!number.empty()) return call::Party{std::move(number), address->display};
    }
  }
  return std::nullopt;
}

// privacy=full, name or uri: whose number is meant not to be shown.
bool hides_party(const sip_t* sip) {
  for (const std::string& line : unknown_headers(sip, "Remote-Party-ID")) {
    const auto address = parse_name_addr(line);
    const Param* privacy = address ? find_param(address->params, "privacy") : nullptr;
    if (privacy != nullptr && !core::equals_nocase(privacy->value, "off")) return true;
  }
  return false;
}

std::string uri_at(std::string_view user, std::string_view host) {
  return user.empty() ? fmt::format("sip:{}", host)
                      : fmt::format("sip:{}@{}", escape_user(user), host);
}

}  // namespace

TrunkCaller caller_of(const sip_t* sip, const config::Trunk& trunk) {
  TrunkCaller caller;
  caller.party = {number_in(uri_text(sip->sip_from->a_url)), display_of(sip->sip_from->a_display)};
  caller.anonymous = caller.party.number.empty() || wants_privacy(sip);
  if (!trunk.identity.trusted) return caller;
  auto asserted = party_in(sip, "P-Asserted-Identity");
  if (!asserted) {
    asserted = party_in(sip, "Remote-Party-ID");
    caller.anonymous = caller.anonymous || (asserted && hides_party(sip));
  }
  if (!asserted) return caller;
  if (asserted->name.empty() && !caller.anonymous) asserted->name = caller.party.name;
  caller.party = std::move(*asserted);
  return caller;
}

std::string did_of(const sip_t* sip, const config::Trunk& trunk) {
  const std::string to = user_of(sip->sip_to->a_url);
  const std::string target = user_of(sip->sip_request->rq_url);
  switch (trunk.identity.did) {
    case config::DidSource::kTo:
      return to;
    case config::DidSource::kHeader: {
      const auto party = party_in(sip, trunk.identity.did_header);
      return party ? party->number : target;
    }
    case config::DidSource::kRequestUri:
      break;
  }
  const bool is_contact = trunk.registration.enabled && target == trunk.login.username;
  return (is_contact || target.empty()) && !to.empty() ? to : target;
}

std::string domain_of(const config::Trunk& trunk) {
  if (!trunk.identity.from_domain.empty()) return trunk.identity.from_domain;
  if (trunk.servers.empty()) return std::string(kAnonymousHost);
  const std::string& host = trunk.servers.front().host;
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

std::string from_of(const call::SipInvite& invite, const config::Trunk& trunk) {
  if (invite.anonymous) return name_address("Anonymous", uri_at(kAnonymous, kAnonymousHost));
  const std::string& user =
      trunk.identity.from_user.empty() ? invite.from.number : trunk.identity.from_user;
  return name_address(invite.from.name, uri_at(user, domain_of(trunk)));
}

void add_identity(const call::SipInvite& invite, const config::Trunk& trunk, HeaderText& headers) {
  const std::string host = domain_of(trunk);
  const config::TrunkIdentity& identity = trunk.identity;
  if (!invite.from.number.empty() && (identity.trusted || !invite.anonymous)) {
    const std::string who = name_address(invite.from.name, uri_at(invite.from.number, host));
    headers.add("P-Asserted-Identity", who);
    headers.add_if(identity.remote_party_id, "Remote-Party-ID",
                   fmt::format("{};party=calling;screen=yes;privacy={}", who,
                               invite.anonymous ? "full" : "off"));
  }
  headers.add_if(invite.anonymous, "Privacy", "id");
  if (invite.diversions.empty()) return;
  headers.add_if(identity.diversion, "Diversion", format_diversions(invite.diversions, host));
  headers.add_if(identity.history_info, "History-Info",
                 format_history(invite.diversions, invite.to.number, host));
}

}  // namespace pbx::sip
