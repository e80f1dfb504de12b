// sip/context.h — what the procedures of one SIP thread share, and the small steps they are
// made of: sending in a dialog, replying, telling control, timers, the end of a leg.
//
// SIP thread.

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/timers.h"
#include "sip/leg_table.h"
#include "sip/server_troubles.h"
#include "sip/sip_time.h"
#include "sip/stack.h"
#include "sip/trace.h"
#include "sip/transports.h"
#include "sip/trunk_table.h"
#include "sip/wire.h"

namespace pbx::sip {

inline constexpr std::string_view kAllowed =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, REGISTER";

class TrunkService;

struct LegDeadline {
  core::LegId leg;
  LegTimer timer;
};

struct Context {
  StackOptions options;
  std::shared_ptr<const config::Config> config;
  EventSink* sink = nullptr;
  TransactionListener* listener = nullptr;
  nta_agent_t* agent = nullptr;
  Transports transports;
  core::Random random{1};
  core::IdSource ids;
  LegTable legs;
  TrunkTable trunks;
  TrunkService* trunk_service = nullptr;  // never null in an engine
  ServerTroubles troubles;
  core::Timers<LegDeadline> timers;
  std::vector<std::string> wanted_headers;  // those that rules of plans ask for
  std::vector<core::LegId> finished;        // erased at the end of the turn
  Trace trace;
  SipCounters counters;
  bool draining = false;

  [[nodiscard]] const config::Profile& profile() const;
  [[nodiscard]] const config::Extension* find_extension(std::string_view id) const;
};

// A request that nta delivered and no transaction took.  Owns the message until it is handed to a
// transaction or answered without one.
struct Request {
  Msg msg;
  sip_t* sip = nullptr;
  core::SocketAddress source;
  call::Transport transport = call::Transport::kUdp;

  [[nodiscard]] sip_method_t method() const { return sip->sip_request->rq_method; }
};

struct Response {
  int status = 200;
  std::string phrase;  // "": the standard one
  HeaderText headers;
  std::string_view body_type;
  std::string body;
};

// Why nothing was heard from `server`, for people; `response` is that of nta, see is_unheard().
[[nodiscard]] std::string_view why_unheard(const Context& context, const sip_t* response,
                                           const core::SocketAddress& server);

// --- replying ---
// Without a transaction: for all that is refused before we know who asks.
// `tport`: where it came from, if nta is no longer delivering it.
void reply_stateless(Context& context, Request&& request, Response response,
                     tport_t* tport = nullptr);
// Makes the server transaction of a request.  Empty if nta has no memory for it.
[[nodiscard]] Incoming accept(Context& context, Request&& request);
// `leg` is for the trace; it may be null.  A final response to anything but an INVITE ends the
// transaction; the caller drops it.
void reply(Context& context, Leg* leg, Incoming& transaction, const Response& response);
void reply_status(Context& context, Leg* leg, Incoming& transaction, int status);
void reply_once(Context& context, Leg* leg, nta_incoming_t* transaction, const Response& response);
// The headers that every 2xx and 18x of a dialog carries: Contact, Allow, Supported, Server.
[[nodiscard]] HeaderText dialog_headers(const Context& context, const Leg& leg);

// --- requests ---
// Towards an address that is known, from the listener that faces it: nta itself takes the first of
// the kind, and for [::1] even one of IPv4.
[[nodiscard]] Hop hop_to(const Context& context, const core::SocketAddress& peer,
                         call::Transport transport);
// Without a route set a request goes where the other side is heard from: its Contact may name an
// address behind a NAT.
[[nodiscard]] Hop hop_of(const Context& context, const Dialog& dialog);

struct DialogRequest {
  std::string_view method;
  Purpose purpose = Purpose::kBye;
  HeaderText headers;
  std::string_view body_type;
  std::string body;
  std::uint32_t cseq = 0;  // 0: the next one
};
// Empty if the message could not be made or there is no transport towards the peer.
[[nodiscard]] Outgoing send_in_dialog(Context& context, Leg& leg, Dialog& dialog,
                                      const DialogRequest& request);
void send_ack(Context& context, Leg& leg, const Dialog& dialog, std::uint32_t cseq,
              nta_outgoing_t* invite);
// Keeps INFO and PRACK transactions; the oldest is forgotten when there are too many.
void keep(Leg& leg, Outgoing&& transaction);

// --- the leg ---
void emit(Context& context, call::Event event);
// Tells control once and stops the leg's timers.  The leg stays until forget().
void end_leg(Context& context, Leg& leg, core::Cause cause);
// Nothing is left to wait for: erased at the end of the turn.
void forget(Context& context, Leg& leg);
// BYE if the dialog is confirmed, then end_leg.
void hang_up(Context& context, Leg& leg, core::Cause cause);
void set_timer(Context& context, Leg& leg, LegTimer timer, core::Duration after);
void cancel_timer(Context& context, Leg& leg, LegTimer timer);
void trace_message(Context& context, core::LegId leg, msg_t* msg, bool sent,
                   const core::SocketAddress& peer, call::Transport transport);

// --- small makers ---
[[nodiscard]] std::string new_tag(Context& context);
[[nodiscard]] std::string reason_header(const core::Cause& cause);  // RFC 3326, "" if unknown
[[nodiscard]] OfferAnswerOptions session_options(Context& context, const LegTerms& terms);
[[nodiscard]] LegTerms terms_of(const Context& context, const config::Extension& extension);
[[nodiscard]] LegTerms terms_of(const Context& context, const config::Trunk& trunk);

}  // namespace pbx::sip
