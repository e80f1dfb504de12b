#include "tests/bench/bare_calls.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "sip/sofia_overrides.h"

namespace pbx::bench {
namespace {

enum Side : std::size_t { kCaller, kCalled };

struct LegDestroy {
  void operator()(nta_leg_t* leg) const noexcept { nta_leg_destroy(leg); }
};
using NtaLeg = std::unique_ptr<nta_leg_t, LegDestroy>;

}  // namespace

// Deletes itself when both sides have ended.
struct BareCalls::Call {
  std::string contact;
  nta_incoming_t* invite = nullptr;
  nta_outgoing_t* called_invite = nullptr;
  std::array<NtaLeg, 2> legs;

  ~Call() {
    if (invite != nullptr) nta_incoming_destroy(invite);
    if (called_invite != nullptr) nta_outgoing_destroy(called_invite);
  }

  static int on_answer(nta_outgoing_magic_t* magic, nta_outgoing_t*, const sip_t* sip) {
    reinterpret_cast<Call*>(magic)->answer(*sip);
    return 0;
  }

  void answer(const sip_t& sip) {
    const int status = sip.sip_status->st_status;
    if (status >= 200 && status < 300) acknowledge(sip);
    if (status > 100)
      nta_incoming_treply(
          invite, status, sip.sip_status->st_phrase, SIPTAG_CONTACT_STR(contact.c_str()),
          SIPTAG_CONTENT_TYPE(sip.sip_content_type), SIPTAG_PAYLOAD(sip.sip_payload), TAG_END());
    if (status >= 300) delete this;
  }

  void acknowledge(const sip_t& sip) {
    nta_leg_t* const leg = legs[kCalled].get();
    nta_leg_rtag(leg, sip.sip_to->a_tag);
    nta_leg_client_route(leg, sip.sip_record_route, sip.sip_contact);
    sip::Home home;
    sip_cseq_t* const cseq = sip_cseq_create(home, sip.sip_cseq->cs_seq, SIP_METHOD_ACK);
    nta_outgoing_destroy(nta_outgoing_tcreate(leg, nullptr, nullptr, nullptr, SIP_METHOD_ACK,
                                              nullptr, SIPTAG_CSEQ(cseq),
                                              SIPTAG_CONTACT_STR(contact.c_str()), TAG_END()));
  }

  template <Side kFrom>
  static int on_request(nta_leg_magic_t* magic, nta_leg_t*, nta_incoming_t*, const sip_t* sip) {
    if (sip->sip_request->rq_method != sip_method_bye) return 0;
    auto* const call = reinterpret_cast<Call*>(magic);
    nta_outgoing_tcreate(call->legs[1 - kFrom].get(), &Call::on_end,
                         reinterpret_cast<nta_outgoing_magic_t*>(call), nullptr, SIP_METHOD_BYE,
                         nullptr, TAG_END());
    return 200;
  }

  static int on_end(nta_outgoing_magic_t* magic, nta_outgoing_t* bye, const sip_t* sip) {
    if (sip->sip_status->st_status < 200) return 0;
    nta_outgoing_destroy(bye);
    delete reinterpret_cast<Call*>(magic);
    return 0;
  }
};

BareCalls::BareCalls(const core::SocketAddress& address)
    : contact_("sip:" + address.text()), root_(su_root_create(nullptr)) {
  sip::link_sofia_overrides();
  const std::string url = contact_ + ";transport=udp";
  agent_.reset(
      nta_agent_create(root_.get(), URL_STRING_MAKE(url.c_str()), &BareCalls::on_outside_request,
                       reinterpret_cast<nta_agent_magic_t*>(this), NTATAG_UA(1), TAG_END()));
  if (!agent_) {
    std::perror(contact_.c_str());
    std::exit(1);
  }
  contact_ = "<" + contact_ + ">";
}

BareCalls::~BareCalls() = default;

void BareCalls::run() {
  for (;;) su_root_step(root_.get(), 1000);
}

int BareCalls::on_outside_request(nta_agent_magic_t* magic, nta_agent_t*, msg_t* msg, sip_t* sip) {
  reinterpret_cast<BareCalls*>(magic)->on_request(sip::Msg(msg), sip);
  return 0;
}

void BareCalls::on_request(sip::Msg msg, sip_t* sip) {
  if (sip->sip_request == nullptr) return;
  const sip_method_t method = sip->sip_request->rq_method;
  if (method == sip_method_register)
    register_contact(std::move(msg), *sip);
  else if (method == sip_method_invite)
    begin(std::move(msg), sip);
  else if (method != sip_method_ack)
    nta_msg_treply(agent_.get(), msg.release(), SIP_481_NO_CALL, TAG_END());
}

void BareCalls::register_contact(sip::Msg msg, const sip_t& sip) {
  if (sip.sip_contact != nullptr) {
    sip::Home home;
    contacts_[sip.sip_to->a_url->url_user] = url_as_string(home, sip.sip_contact->m_url);
  }
  nta_msg_treply(agent_.get(), msg.release(), SIP_200_OK, SIPTAG_CONTACT(sip.sip_contact),
                 SIPTAG_EXPIRES_STR("3600"), TAG_END());
}

void BareCalls::begin(sip::Msg msg, sip_t* sip) {
  const auto called = contacts_.find(sip->sip_to->a_url->url_user);
  if (called == contacts_.end()) {
    nta_msg_treply(agent_.get(), msg.release(), SIP_404_NOT_FOUND, TAG_END());
    return;
  }
  auto* const call = new Call;
  call->contact = contact_;
  call->legs[kCaller].reset(
      nta_leg_tcreate(agent_.get(), &Call::on_request<kCaller>,
                      reinterpret_cast<nta_leg_magic_t*>(call), SIPTAG_CALL_ID(sip->sip_call_id),
                      SIPTAG_FROM(sip->sip_to), SIPTAG_TO(sip->sip_from), TAG_END()));
  nta_leg_t* const caller = call->legs[kCaller].get();
  nta_leg_server_route(caller, sip->sip_record_route, sip->sip_contact);
  call->legs[kCalled].reset(nta_leg_tcreate(
      agent_.get(), &Call::on_request<kCalled>, reinterpret_cast<nta_leg_magic_t*>(call),
      SIPTAG_FROM(sip->sip_from), SIPTAG_TO(sip->sip_to), TAG_END()));
  nta_leg_t* const leg = call->legs[kCalled].get();
  nta_leg_tag(leg, nullptr);
  call->called_invite = nta_outgoing_tcreate(
      leg, &Call::on_answer, reinterpret_cast<nta_outgoing_magic_t*>(call), nullptr,
      SIP_METHOD_INVITE, URL_STRING_MAKE(called->second.c_str()),
      SIPTAG_CONTACT_STR(contact_.c_str()), SIPTAG_CONTENT_TYPE(sip->sip_content_type),
      SIPTAG_PAYLOAD(sip->sip_payload), TAG_END());
  call->invite = nta_incoming_create(agent_.get(), nullptr, msg.release(), sip, TAG_END());
  nta_leg_tag(caller, nta_incoming_tag(call->invite, nullptr));
  nta_incoming_treply(call->invite, SIP_100_TRYING, TAG_END());
}

}  // namespace pbx::bench
