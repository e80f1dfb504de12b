#include "sip/timer_anchor.h"

#include <fmt/format.h>

#include "sip/wire.h"

namespace pbx::sip {
namespace {

tport_t* udp_primary(nta_agent_t* agent) {
  for (tport_t* primary = tport_primaries(nta_agent_tports(agent)); primary;
       primary = tport_next(primary))
    if (!tport_is_reliable(primary)) return primary;
  return nullptr;
}

msg_t* anchor_message(nta_agent_t* agent, std::uint32_t count) {
  RequestText text{"OPTIONS", "sip:anchor@anchor.invalid", {}, {}, {}};
  text.headers.add("Via", fmt::format("SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKanchor{}", count))
      .add("From", "<sip:anchor@anchor.invalid>;tag=a")
      .add("To", "<sip:anchor@anchor.invalid>")
      .add("Call-ID", fmt::format("anchor{}@anchor.invalid", count))
      .add("CSeq", fmt::format("{} OPTIONS", count));
  return make_request(agent, text);
}

}  // namespace

void TimerAnchor::run(core::Instant now, nta_agent_t* agent) {
  if (now >= needed_until_ || now < last_ + period()) return;
  tport_t* udp = udp_primary(agent);
  if (!udp) return;  // over TCP and TLS that queue is never used
  msg_t* msg = anchor_message(agent, ++count_);
  if (!msg) return;
  nta_incoming_t* transaction =
      nta_incoming_create(agent, nullptr, msg, sip_object(msg), NTATAG_TPORT(udp), TAG_END());
  if (!transaction) return;
  nta_incoming_treply(transaction, SIP_408_REQUEST_TIMEOUT, TAG_END());
  nta_incoming_destroy(transaction);
  last_ = now;
}

std::optional<core::Instant> TimerAnchor::next_deadline() const {
  const core::Instant next = last_ + period();
  return next < needed_until_ ? std::optional(next) : std::nullopt;
}

}  // namespace pbx::sip
