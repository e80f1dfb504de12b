#include "sip/sofia.h"

#include "core/base/assert.h"

namespace pbx::sip {

struct Outgoing::State {
  nta_outgoing_t* orq = nullptr;
  TransactionListener* listener = nullptr;
  TransactionKey key;
};

void Outgoing::Delete::operator()(State* state) const noexcept {
  if (state->orq) nta_outgoing_destroy(state->orq);
  delete state;
}

nta_outgoing_t* Outgoing::get() const { return state_ ? state_->orq : nullptr; }

Outgoing Outgoing::send(nta_agent_t* agent, TransactionListener& listener, TransactionKey key,
                        const Hop& hop, msg_t* msg) {
  Outgoing out;
  out.state_.reset(new State{nullptr, &listener, key});
  const url_string_t* route = hop.uri.empty() ? nullptr : URL_STRING_MAKE(hop.uri.c_str());
  out.state_->orq = nta_outgoing_mcreate(
      agent, &Outgoing::on_response, reinterpret_cast<nta_outgoing_magic_t*>(out.state_.get()),
      route, msg, NTATAG_USER_VIA(1), TAG_IF(hop.listener, TPTAG_IDENT(hop.listener)),
      TAG_IF(key.wants_trying, NTATAG_PASS_100(1)), TAG_END());
  if (!out.state_->orq) {
    msg_destroy(msg);
    out.state_.reset();
  }
  return out;
}

int Outgoing::on_response(nta_outgoing_magic_t* magic, nta_outgoing_t* orq, const sip_t* sip) {
  if (!magic || !sip) return 0;
  const auto& state = *reinterpret_cast<State*>(magic);
  state.listener->on_response(state.key, orq, sip);
  return 0;
}

struct Incoming::State {
  nta_incoming_t* irq = nullptr;
  TransactionListener* listener = nullptr;
  core::LegId leg;
  nta_reliable_t* reliable = nullptr;  // the last reliable response, until its PRACK
};

void Incoming::Delete::operator()(State* state) const noexcept {
  if (state->reliable) nta_reliable_destroy(state->reliable);
  nta_incoming_bind(state->irq, nullptr, nullptr);
  nta_incoming_destroy(state->irq);
  delete state;
}

Incoming::Incoming(nta_incoming_t* transaction) {
  if (transaction) state_.reset(new State{transaction, nullptr, {}, nullptr});
}

Incoming Incoming::create(nta_agent_t* agent, msg_t* msg, sip_t* sip) {
  return Incoming(nta_incoming_create(agent, nullptr, msg, sip, TAG_END()));
}

nta_incoming_t* Incoming::get() const { return state_ ? state_->irq : nullptr; }

void Incoming::listen(TransactionListener& listener, core::LegId leg) {
  PBX_ASSERT(state_ != nullptr);
  state_->listener = &listener;
  state_->leg = leg;
  nta_incoming_bind(state_->irq, &Incoming::on_event,
                    reinterpret_cast<nta_incoming_magic_t*>(state_.get()));
}

int Incoming::on_event(nta_incoming_magic_t* magic, nta_incoming_t* irq, const sip_t* sip) {
  if (!magic) return 0;
  const auto& state = *reinterpret_cast<State*>(magic);
  if (state.listener) state.listener->on_ack_or_cancel(state.leg, irq, sip);
  return 0;
}

bool Incoming::reply_reliably(msg_t* msg) {
  PBX_ASSERT(state_ != nullptr && state_->listener != nullptr);
  if (state_->reliable) {  // one at a time: the caller waits for the PRACK
    msg_destroy(msg);
    return false;
  }
  state_->reliable = nta_reliable_mreply(
      state_->irq, &Incoming::on_prack, reinterpret_cast<nta_reliable_magic_t*>(state_.get()), msg);
  return state_->reliable != nullptr;
}

int Incoming::on_prack(nta_reliable_magic_t* magic, nta_reliable_t* reliable, nta_incoming_t* prack,
                       const sip_t* sip) {
  auto& state = *reinterpret_cast<State*>(magic);
  if (state.reliable == reliable) state.reliable = nullptr;
  nta_reliable_destroy(reliable);
  if (state.listener) state.listener->on_prack(state.leg, prack, sip);
  return 0;  // the listener answers the PRACK
}

}  // namespace pbx::sip
