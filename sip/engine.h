// sip/engine.h — what runs on a SIP thread: takes what nta delivers and the commands of control,
// and hands each to its procedure.
//
// SIP thread.  Every message comes to on_message() first, because the agent is stateless: a
// transaction is made only for requests that are worth one, after their Via has been cleaned.
// Unauthenticated requests are answered without any state.

#pragma once

#include <memory>
#include <optional>

#include "sip/admission.h"
#include "sip/authenticator.h"
#include "sip/context.h"
#include "sip/gatekeeper.h"
#include "sip/message_service.h"
#include "sip/register_service.h"
#include "sip/sofia_overrides.h"
#include "sip/trunk_service.h"

namespace pbx::sip {

class Engine final : private TransactionListener, private SourceFilter, private TlsWatch {
 public:
  // `nonce_key`: secret and random, of at least 16 octets.
  Engine(StackOptions options, EventSink& sink, su_root_t* root, std::string_view nonce_key);
  ~Engine();

  [[nodiscard]] core::Result<> open();
  void restore(std::vector<call::Binding> bindings);
  void apply(const call::SipCommand& command);
  void apply_config(std::shared_ptr<const config::Config> config);
  void drain() { context_.draining = true; }
  void unregister(const std::string& extension);
  void end_all_legs();
  [[nodiscard]] Gatekeeper& gatekeeper() { return gatekeeper_; }

  // Fires what is due and erases what is over.  Call it after every turn of the loop.
  void run_due();
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;
  [[nodiscard]] std::size_t legs() const { return context_.legs.size(); }
  [[nodiscard]] const Context& context() const { return context_; }
  [[nodiscard]] SipCounters counters() const;

 private:
  static int on_message(nta_agent_magic_t* magic, nta_agent_t* agent, msg_t* msg, sip_t* sip);
  void receive_response(Msg msg, const sip_t* sip);
  void receive_request(Request&& request);
  void receive_in_dialog(Leg& leg, Request&& request);
  void receive_stray(Request&& request);
  void receive_initial(Request&& request);
  void receive_invite(Request&& request, const Verdict& verdict);
  void receive_message(Request&& request, const Verdict& verdict);
  void receive_register(Request&& request, const Verdict& verdict);
  // Who sent the request, by its credentials.
  [[nodiscard]] Verdict verify(const Request& request);
  // False: the sender has not proven who he is, and has been answered with a challenge or so.
  [[nodiscard]] bool authenticate(Request& request, const Verdict& verdict);
  void challenge(Request&& request, Verdict::Kind verdict);

  [[nodiscard]] bool takes(const core::IpAddress& source) override;
  void filter_sources();

  [[nodiscard]] std::string name_of(const core::SocketAddress& server) override;
  void on_tls_failed(const core::SocketAddress& server, const TlsFailure& failure) override;

  void on_response(TransactionKey key, nta_outgoing_t* transaction, const sip_t* sip) override;
  void on_ack_or_cancel(core::LegId leg, nta_incoming_t* transaction, const sip_t* sip) override;
  void on_prack(core::LegId leg, nta_incoming_t* prack, const sip_t* sip) override;
  void on_timer(const LegDeadline& deadline);
  void erase_finished();

  void run(const call::SipInvite& command);
  void run(const call::SipProgress& command);
  void run(const call::SipAnswer& command);
  void run(const call::SipOffer& command);
  void run(const call::SipAnswerOffer& command);
  void run(const call::SipRefuseOffer& command);
  void run(const call::SipDigit& command);
  void run(const call::SipEnd& command);
  void run(const call::SipMessage& command);
  void run(const call::SipMessageReply& command);

  Context context_;
  Authenticator authenticator_;
  su_root_t* root_;
  TlsConnections tls_{*this};  // outlives the agent
  NtaAgent agent_;             // outlives the transactions below
  RegisterService registers_;
  Gatekeeper gatekeeper_;
  MessageService messages_;
  TrunkService trunks_;
};

}  // namespace pbx::sip
