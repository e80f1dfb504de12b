#include "sip/wire.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "sip/multipart.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

constexpr std::size_t kPiecesMax = 32;  // of a message that was sent, which has two or three
constexpr std::size_t kRoutesMax = 16;  // of a route set; a longer one is cut, its dialog will fail

bool allows(const sip_allow_t* allow, const char* method) {
  for (const msg_param_t* item = allow ? allow->k_items : nullptr; item && *item; ++item)
    if (core::equals_nocase(*item, method)) return true;
  return allow && has_option(allow->k_next, method);
}

// What may stand as a Request-URI: one word that prints.
bool is_one_word(std::string_view uri) {
  return !uri.empty() && std::all_of(uri.begin(), uri.end(), is_visible);
}

// Q.850 cause and text of the Reason headers (RFC 3326).
void read_reason(const sip_t* sip, core::Cause& cause) {
  for (const sip_reason_t* reason = sip->sip_reason; reason; reason = reason->re_next) {
    if (!core::equals_nocase(view(reason->re_protocol), "Q.850") || !reason->re_cause) continue;
    const auto value = core::parse_uint<std::uint8_t>(view(reason->re_cause));
    if (!value || *value > 127) continue;
    cause.q850 = *value;
    if (reason->re_text) cause.text = display_of(reason->re_text);
  }
}

// The octets that went out; empty if they were not written yet or came from outside.
std::string sent_text(msg_t* msg) {
  const msg_header_t* first = *msg_chain_head(msg);
  if (!first || !first->sh_data) return {};  // msg_iovec expects data here
  std::array<msg_iovec_t, kPiecesMax> pieces;
  const auto count = static_cast<std::size_t>(msg_iovec(msg, pieces.data(), pieces.size()));
  std::string text;
  for (std::size_t i = 0; count <= pieces.size() && i < count; ++i)
    text.append(static_cast<const char*>(pieces[i].mv_base), pieces[i].mv_len);
  return text;
}

}  // namespace

std::string_view view(const char* text) {
  return text ? std::string_view(text) : std::string_view();
}

std::string uri_text(const url_t* url) {
  if (!url) return {};
  Home home;
  return std::string(view(url_as_string(home, url)));
}

std::string user_of(const url_t* url) {
  if (!url || !url->url_user) return {};
  // A telephone number may carry parameters (RFC 3261 19.1.6); they are no part of the number.
  const std::string_view escaped = view(url->url_user).substr(0, std::strcspn(url->url_user, ";"));
  std::string user(escaped.size() + 1, '\0');
  url_unescape(user.data(), std::string(escaped).c_str());
  user.resize(std::strlen(user.c_str()));
  return user;
}

std::string display_of(const char* quoted) {
  const std::string_view text = core::trim(view(quoted));
  if (text.size() < 2 || text.front() != '"') return std::string(text);
  Lexer lexer(text);
  return lexer.value().value_or(std::string());
}

std::string name_address(const sip_addr_t* address) {
  return name_address(display_of(address->a_display), uri_text(address->a_url));
}

core::SocketAddress source_of(msg_t* msg) {
  sockaddr_storage storage{};
  const su_sockaddr_t* from = msg_addr(msg);
  std::memcpy(&storage, from, std::min(sizeof storage, sizeof *from));
  return core::from_sockaddr(storage);
}

call::Transport transport_of(const sip_t* sip) {
  const std::string_view protocol = sip->sip_via ? view(sip->sip_via->v_protocol) : "";
  if (protocol.ends_with("TCP")) return call::Transport::kTcp;
  if (protocol.ends_with("TLS")) return call::Transport::kTls;
  return call::Transport::kUdp;
}

std::vector<std::string> unknown_headers(const sip_t* sip, std::string_view name) {
  std::vector<std::string> values;
  for (const sip_unknown_t* header = sip->sip_unknown; header; header = header->un_next)
    if (core::equals_nocase(view(header->un_name), name))
      values.emplace_back(view(header->un_value));
  return values;
}

std::vector<std::pair<std::string, std::string>> headers_of(const sip_t* sip,
                                                            const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& name : names) {
    std::vector<std::string> values = unknown_headers(sip, name);
    if (sip->sip_user_agent && core::equals_nocase(name, "User-Agent"))
      values.emplace_back(view(sip->sip_user_agent->g_string));
    for (std::string& value : values)
      if (found.size() < call::kHeadersMax) found.emplace_back(name, std::move(value));
  }
  return found;
}

bool has_option(const msg_list_t* list, const char* option) {
  for (; list; list = list->k_next)
    for (const msg_param_t* item = list->k_items; item && *item; ++item)
      if (core::equals_nocase(*item, option)) return true;
  return false;
}

std::vector<std::string> record_route(const sip_t* sip) {
  std::vector<std::string> routes;
  for (const sip_route_t* route = sip->sip_record_route; route && routes.size() < kRoutesMax;
       route = route->r_next)
    routes.push_back(name_address({}, uri_text(route->r_url)));
  return routes;
}

std::string agent_name(const sip_t* sip) {
  const msg_generic_t* header = sip->sip_user_agent ? sip->sip_user_agent : sip->sip_server;
  return header ? std::string(view(header->g_string)) : std::string();
}

Body body_of(const sip_t* sip) {
  if (!sip->sip_payload || !sip->sip_payload->pl_data || sip->sip_payload->pl_len == 0) return {};
  const std::string_view text(sip->sip_payload->pl_data, sip->sip_payload->pl_len);
  return {sip->sip_content_type ? view(sip->sip_content_type->c_type) : kSdpType, text};
}

std::optional<std::string_view> sdp_of(const sip_t* sip) {
  const Body body = body_of(sip);
  if (body.text.empty()) return std::nullopt;
  if (core::equals_nocase(body.type, kSdpType)) return body.text;
  if (body.type.size() < 10 || !core::equals_nocase(body.type.substr(0, 10), "multipart/"))
    return std::nullopt;
  std::string type(body.type);
  for (const msg_param_t* param = sip->sip_content_type->c_params; param && *param; ++param)
    type.append(";").append(*param);
  return find_part(type, body.text, kSdpType);
}

PeerCapabilities capabilities_of(const sip_t* sip) {
  PeerCapabilities peer;
  peer.must_reliable = has_option(sip->sip_require, "100rel");
  peer.reliable = peer.must_reliable || has_option(sip->sip_supported, "100rel");
  peer.timer = has_option(sip->sip_supported, "timer") || has_option(sip->sip_require, "timer");
  peer.update = allows(sip->sip_allow, "UPDATE");
  return peer;
}

bool is_unheard(const sip_t* response) { return nta_sip_is_internal(response) != 0; }

core::Cause cause_of(const sip_t* sip, std::uint16_t status) {
  core::Cause cause;
  read_reason(sip, cause);
  if (cause.text.empty() && sip->sip_status) cause.text = view(sip->sip_status->st_phrase);
  return core::from_sip(status, cause.q850, cause.text);
}

std::string message_text(msg_t* msg) {
  if (std::string sent = sent_text(msg); !sent.empty()) return sent;
  Home home;
  std::size_t size = 0;
  const char* text = msg_as_string(home, msg, nullptr, 0, &size);
  return text ? std::string(text, size) : std::string();
}

msg_t* make_request(nta_agent_t* agent, const RequestText& request) {
  if (!is_one_word(request.uri)) return nullptr;
  Msg msg(nta_msg_create(agent, 0));
  sip_t* sip = sip_object(msg.get());
  const std::string line = fmt::format("{} {} SIP/2.0", request.method, request.uri);
  sip_request_t* parsed = sip_request_make(msg_home(msg.get()), line.c_str());
  if (!parsed || msg_header_insert(msg.get(), nullptr, reinterpret_cast<msg_header_t*>(parsed)) < 0)
    return nullptr;
  if (msg_header_add_str(msg.get(), reinterpret_cast<msg_pub_t*>(sip),
                         request.headers.text().c_str()) < 0 ||
      sip->sip_error)
    return nullptr;
  if (!request.body.empty() &&
      sip_add_tl(msg.get(), sip, SIPTAG_CONTENT_TYPE_STR(std::string(request.body_type).c_str()),
                 SIPTAG_PAYLOAD_STR(request.body.c_str()), TAG_END()) < 0)
    return nullptr;
  return msg.release();
}

msg_t* make_response(nta_agent_t* agent, nta_incoming_t* transaction, int status,
                     const char* phrase, const HeaderText& headers, std::string_view body_type,
                     const std::string& body) {
  Msg msg(nta_msg_create(agent, 0));
  sip_t* sip = sip_object(msg.get());
  if (!headers.is_empty() &&
      msg_header_add_str(msg.get(), reinterpret_cast<msg_pub_t*>(sip), headers.text().c_str()) < 0)
    return nullptr;
  if (!body.empty() &&
      sip_add_tl(msg.get(), sip, SIPTAG_CONTENT_TYPE_STR(std::string(body_type).c_str()),
                 SIPTAG_PAYLOAD_STR(body.c_str()), TAG_END()) < 0)
    return nullptr;
  if (nta_incoming_complete_response(transaction, msg.get(), status, phrase, TAG_END()) < 0)
    return nullptr;
  return msg.release();
}

}  // namespace pbx::sip
