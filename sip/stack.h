// sip/stack.h — the SIP side of one listening profile: one thread, its transports, dialogs and
// registrations.
//
// A Stack is made and stopped by the server; post(), trace() and the like may be called by any
// thread between start() and stop().  Everything that happens is told to the EventSink from the
// SIP thread.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/result.h"
#include "core/call/effect.h"
#include "core/call/event.h"
#include "core/config/config.h"
#include "sip/guard.h"
#include "sip/trace.h"

namespace pbx::sip {

// What the SIP thread tells.  Called on the SIP thread: post on and return.
class EventSink {
 public:
  virtual void on_event(call::Event event) noexcept = 0;
  // Each change of a binding, refreshes included, for the store; `on_event` gets it too.
  virtual void on_binding(const call::BindingChanged& /*change*/) noexcept {}
  // True while control is too busy for new work: new INVITEs get 503 with Retry-After.
  [[nodiscard]] virtual bool is_busy() const noexcept { return false; }

 protected:
  ~EventSink() = default;
};

struct StackOptions {
  core::ProfileId id{1};
  std::string profile;  // key in config->profiles
  std::shared_ptr<const config::Config> config;
  std::uint8_t id_origin = 1;  // of the leg and request ids made here; unlike all others'
  std::uint64_t first_id = 1;
  std::size_t commands_max = 16384;  // waiting in the mailbox; more are lost and counted
  std::uint64_t seed = 0;            // of tags, Call-IDs and retry times; 0: from the kernel
};

struct ListenedAddress {
  call::Transport transport = call::Transport::kUdp;
  core::SocketAddress address;  // with the port that the system chose for 0
};

// Counted since start; a copy is taken by counters().
struct SipCounters {
  std::uint64_t requests_received = 0, requests_sent = 0;
  std::uint64_t responses_received = 0, responses_sent = 0;
  std::uint64_t invites_received = 0, registers_received = 0, invites_sent = 0;
  std::uint64_t sent_by_class[7] = {};      // [4]: our 4xx responses
  std::uint64_t received_by_class[7] = {};  // [4]: their 4xx responses
  std::uint64_t challenges = 0, auth_failures = 0, banned_dropped = 0, bans = 0;
  std::uint64_t denied_dropped = 0, rate_dropped = 0, rate_refused = 0;
  std::uint64_t malformed = 0, refused_busy = 0, refused_limit = 0, loops = 0;
  std::uint64_t timeouts = 0, retransmissions = 0, commands_lost = 0;
  std::uint64_t legs = 0, legs_total = 0, bindings = 0, trace_bytes = 0;
};

class Stack {
 public:
  Stack(StackOptions options, EventSink& sink);
  ~Stack();  // stops
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Bindings of earlier days, before start(); those of other profiles are passed over.
  void restore(std::vector<call::Binding> bindings);

  // Binds the addresses and starts the thread.  Errors: kUnavailable names the address or file.
  [[nodiscard]] core::Result<> start();

  // Ends all legs (BYE, CANCEL, 503), waits at most `patience` for the answers, joins the thread.
  // Idempotent.
  void stop(std::chrono::milliseconds patience = std::chrono::milliseconds(2000));

  // False: the mailbox is full or the stack is not running; the command is lost and counted.
  bool post(call::SipCommand command);

  // Accounts, limits and times change at once; listening addresses only with the next start.
  void apply(std::shared_ptr<const config::Config> config);

  // New INVITEs are refused with 503; what is in progress goes on.
  void drain();

  // The messages of some legs, given to `reply` on the SIP thread.
  using TraceReply = std::function<void(std::vector<std::pair<core::LegId, TraceMessage>>)>;
  bool trace(std::vector<core::LegId> legs, TraceReply reply);

  // Who is banned or watched, given to `reply` on the SIP thread with the time that it is there.
  using GuardReply = std::function<void(std::vector<Suspect>, core::WallAnchor)>;
  bool list_guard(GuardReply reply);
  // Forgets the offences of an address; `reply` is told whether it had any.
  using LiftReply = std::function<void(bool)>;
  bool lift_ban(const core::IpAddress& address, LiftReply reply);

  // Removes every contact of an extension, as if it had unregistered.
  bool unregister(std::string extension);

  [[nodiscard]] std::vector<ListenedAddress> addresses() const;  // after start()
  [[nodiscard]] SipCounters counters() const;                    // at most a second old

  // Tests: the thread takes a turn at once, to notice that virtual time moved.
  void wake();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace pbx::sip
