#include "sip/admission.h"

#include <algorithm>

#include <fmt/format.h>

#include "sip/text.h"

namespace pbx::sip {
namespace {

constexpr std::size_t kLegsPerCall = 4;  // legs beyond this share of limits.calls_max: 503
constexpr const char* kSupported[] = {"100rel", "timer", "path"};

Response refusal(int status) { return {status, {}, {}, {}, {}}; }

// What whoever sends a request may ask of us.
struct Wishes {
  config::ReliableProvisional reliable;
  config::SessionTimerMode timer;
};

Wishes wishes_for(const Context& context, const Request& request) {
  const config::Profile& profile = context.profile();
  const config::Trunk* trunk =
      context.trunks.match(request.source, user_of(request.sip->sip_request->rq_url));
  if (trunk) return {trunk->reliable_provisional, trunk->session_timer};
  return {profile.reliable_provisional, profile.session_timer.mode};
}

bool is_supported(const Wishes& wishes, std::string_view option) {
  if (core::equals_nocase(option, "100rel"))
    return wishes.reliable != config::ReliableProvisional::kOff;
  if (core::equals_nocase(option, "timer"))
    return wishes.timer != config::SessionTimerMode::kOff;
  return std::any_of(std::begin(kSupported), std::end(kSupported),
                     [&](std::string_view known) { return core::equals_nocase(option, known); });
}

std::string unsupported_options(const Wishes& wishes, const msg_list_t* list) {
  std::string found;
  for (; list; list = list->k_next)
    for (const msg_param_t* item = list->k_items; item && *item; ++item)
      if (!is_supported(wishes, *item)) found.append(found.empty() ? "" : ", ").append(*item);
  return found;
}

bool is_sip_scheme(const url_t* url) {
  return url->url_type == url_sip || url->url_type == url_sips || url->url_type == url_tel;
}

// A Via of ours says that we have had the request before.  The top one is the sender's: behind a
// NAT it may be the same private address as ours, so it counts only if it came from there.
bool is_looped(const Context& context, const Request& request) {
  const sip_via_t* top = request.sip->sip_via;
  const auto sender = core::parse_ip(view(top->v_host));
  const bool skip_top = !sender || *sender != request.source.ip;
  for (const sip_via_t* via = skip_top ? top->v_next : top; via; via = via->v_next)
    if (context.transports.is_ours(view(via->v_host), view(via->v_port))) return true;
  return false;
}

bool accepts_sdp(const sip_accept_t* accept) {
  if (!accept) return true;
  for (; accept; accept = accept->ac_next) {
    const std::string_view type = view(accept->ac_type);
    if (core::equals_nocase(type, kSdpType) || type == "*/*" ||
        core::equals_nocase(type, "application/*"))
      return true;
  }
  return false;
}

std::optional<Response> check_body(const sip_t* sip) {
  const Body body = body_of(sip);
  if (body.text.empty()) return std::nullopt;
  if (sip->sip_content_encoding && !has_option(sip->sip_content_encoding, "identity")) {
    Response response = refusal(415);
    response.headers.add("Accept-Encoding", "identity");
    return response;
  }
  if (sdp_of(sip)) return std::nullopt;
  Response response = refusal(415);
  response.headers.add("Accept", kSdpType);
  return response;
}

Response busy(const Context& context) {
  Response response = refusal(503);
  const auto after =
      std::chrono::ceil<std::chrono::seconds>(context.config->server.limits.retry_after);
  response.headers.add("Retry-After", fmt::format("{}", std::max<std::int64_t>(after.count(), 1)));
  return response;
}

}  // namespace

bool clean(const Request& request) {
  const core::SocketAddress& source = request.source;
  if (source.port == 0 || source.ip.is_unspecified()) return false;
  const bool is_v4 = source.ip.family == core::IpFamily::kV4;
  if (is_v4 && source.ip.bytes[0] >= 224) return false;  // multicast and broadcast
  if (!is_v4 && source.ip.bytes[0] == 0xff) return false;
  sip_via_t* via = request.sip->sip_via;
  if (!via) return false;
  // Answers go where the request came from, not where its sender says.
  if (via->v_maddr) msg_header_remove_param(via->v_common, "maddr");
  if (via->v_ttl) msg_header_remove_param(via->v_common, "ttl");
  return true;
}

bool is_our_domain(const Context& context, const url_t* url) {
  const auto& domains = context.profile().sip_domains;
  const std::string_view host = view(url->url_host);
  if (domains.empty() || url->url_type == url_tel || core::parse_ip(host)) return true;
  return config::find_domain_of(*context.config, host) != nullptr ||
         std::any_of(domains.begin(), domains.end(),
                     [&](const std::string& domain) { return core::equals_nocase(domain, host); });
}

std::optional<Response> check_form(const Context& context, const Request& request) {
  const sip_t* sip = request.sip;
  if (request.transport == call::Transport::kUdp && msg_size(request.msg.get()) > kUdpRequestMax)
    return refusal(513);
  if (!is_sip_scheme(sip->sip_request->rq_url)) return refusal(416);
  if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0 &&
      request.method() != sip_method_options && request.method() != sip_method_register)
    return refusal(483);
  if (is_looped(context, request)) return refusal(482);
  if (!sip->sip_require && !sip->sip_proxy_require) return std::nullopt;
  const Wishes wishes = wishes_for(context, request);
  std::string unsupported = unsupported_options(wishes, sip->sip_require);
  if (unsupported.empty()) unsupported = unsupported_options(wishes, sip->sip_proxy_require);
  if (unsupported.empty() || request.method() == sip_method_cancel) return std::nullopt;
  Response response = refusal(420);
  response.headers.add("Unsupported", unsupported);
  return response;
}

std::optional<Response> check_invite(Context& context, const Request& request) {
  const sip_t* sip = request.sip;
  if (sip->sip_contact && !sip->sip_contact->m_url->url_host)
    return Response{400, "Bad Contact", {}, {}, {}};
  if (auto refused = check_body(sip)) return refused;
  if (!accepts_sdp(sip->sip_accept)) return refusal(406);
  if (!is_our_domain(context, sip->sip_request->rq_url)) return refusal(404);
  if (wishes_for(context, request).reliable == config::ReliableProvisional::kRequired &&
      !capabilities_of(sip).reliable) {
    Response response = refusal(421);
    response.headers.add("Require", "100rel");
    return response;
  }
  const std::size_t legs_max = context.config->server.limits.calls_max * kLegsPerCall;
  if (context.draining || context.sink->is_busy()) {
    ++context.counters.refused_busy;
    return busy(context);
  }
  if (context.legs.size() >= legs_max) {
    ++context.counters.refused_limit;
    return busy(context);
  }
  return std::nullopt;
}

}  // namespace pbx::sip
