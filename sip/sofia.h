// sip/sofia.h — the only include of sofia-sip, and owners for its handles.
//
// SIP thread only: no object here may be touched by another thread.  Transactions report to a
// TransactionListener with the plain key they were made with, so that no callback holds a pointer
// to a leg.  nta keeps its own reference to every message and transaction that it still needs.

#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
#pragma GCC diagnostic pop

#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/ids.h"

namespace pbx::sip {

// What a client transaction was sent for.
enum class Purpose : std::uint8_t {
  kInvite,    // the INVITE that makes the leg
  kReinvite,  // an offer of ours, or a session refresh
  kUpdate,    // a session refresh, or an offer before the answer
  kPrack,
  kBye,
  kInfo,
  kMessage,   // `id` is the RequestId
  kOptions,   // keep-alive; `id` is the BindingId
  kRegister,  // of a trunk; `id` is its agent's
  kProbe,     // OPTIONS to a trunk; likewise
};
struct TransactionKey {
  std::uint64_t id = 0;  // the leg's, unless Purpose says otherwise
  Purpose purpose = Purpose::kInvite;
  bool wants_trying = false;  // a 100 is told too
};

class TransactionListener {
 public:
  virtual void on_response(TransactionKey key, nta_outgoing_t* transaction, const sip_t* sip) = 0;
  // ACK, CANCEL, or null when neither ACK nor PRACK came in time.
  virtual void on_ack_or_cancel(core::LegId leg, nta_incoming_t* transaction, const sip_t* sip) = 0;
  // PRACK of a reliable response; null when the INVITE ended before.
  virtual void on_prack(core::LegId leg, nta_incoming_t* prack, const sip_t* sip) = 0;

 protected:
  ~TransactionListener() = default;
};

// Where a request is sent first.
struct Hop {
  std::string uri;                 // "": by its Route and Request-URI
  const char* listener = nullptr;  // Listener::ident of the address to send from, null: any fits
};

// A client transaction.  Destroying it forgets the answer; nta finishes the retransmissions.
class Outgoing {
 public:
  Outgoing() = default;
  // Takes `msg`.  The result is empty if nta refused the message.
  static Outgoing send(nta_agent_t* agent, TransactionListener& listener, TransactionKey key,
                       const Hop& hop, msg_t* msg);

  [[nodiscard]] explicit operator bool() const { return state_ != nullptr; }
  [[nodiscard]] nta_outgoing_t* get() const;
  [[nodiscard]] bool is(const nta_outgoing_t* transaction) const {
    return state_ && get() == transaction;
  }
  void reset() { state_.reset(); }

 private:
  struct State;
  struct Delete {
    void operator()(State* state) const noexcept;
  };
  static int on_response(nta_outgoing_magic_t* magic, nta_outgoing_t* orq, const sip_t* sip);
  std::unique_ptr<State, Delete> state_;
};

// A server transaction.  REQUIRES: a final response was given before it is destroyed, or it is an
// INVITE that nta shall answer with 500.
class Incoming {
 public:
  Incoming() = default;
  // Takes `msg`, which must be the one that nta delivers now.
  static Incoming create(nta_agent_t* agent, msg_t* msg, sip_t* sip);
  explicit Incoming(nta_incoming_t* transaction);

  [[nodiscard]] explicit operator bool() const { return state_ != nullptr; }
  [[nodiscard]] nta_incoming_t* get() const;
  [[nodiscard]] bool is(const nta_incoming_t* transaction) const {
    return state_ && get() == transaction;
  }
  // ACK and CANCEL go to `listener` from now on.
  void listen(TransactionListener& listener, core::LegId leg);
  // Sends `msg` as a reliable provisional response (RFC 3262).  Takes `msg`.  False if the other
  // side does not support them.
  bool reply_reliably(msg_t* msg);
  void reset() { state_.reset(); }

 private:
  struct State;
  struct Delete {
    void operator()(State* state) const noexcept;
  };
  static int on_event(nta_incoming_magic_t* magic, nta_incoming_t* irq, const sip_t* sip);
  static int on_prack(nta_reliable_magic_t* magic, nta_reliable_t* reliable, nta_incoming_t* prack,
                      const sip_t* sip);
  std::unique_ptr<State, Delete> state_;
};

// Memory for the short life of a conversion.
class Home {
 public:
  Home() { su_home_auto(home_, sizeof home_); }
  ~Home() { su_home_deinit(home_); }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  operator su_home_t*() { return home_; }

 private:
  su_home_t home_[SU_HOME_AUTO_SIZE(2048)];
};

struct MsgUnref {
  void operator()(msg_t* msg) const noexcept { msg_destroy(msg); }
};
using Msg = std::unique_ptr<msg_t, MsgUnref>;

struct TportUnref {
  void operator()(tport_t* tport) const noexcept { tport_unref(tport); }
};
using Tport = std::unique_ptr<tport_t, TportUnref>;  // a transport or connection

struct AgentDestroy {
  void operator()(nta_agent_t* agent) const noexcept { nta_agent_destroy(agent); }
};
using NtaAgent = std::unique_ptr<nta_agent_t, AgentDestroy>;

struct RootDestroy {
  void operator()(su_root_t* root) const noexcept { su_root_destroy(root); }
};
using SuRoot = std::unique_ptr<su_root_t, RootDestroy>;

}  // namespace pbx::sip
