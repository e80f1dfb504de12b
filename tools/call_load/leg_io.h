// tools/call_load/leg_io.h — writes and sends the SIP messages of a leg, and repeats them.
//
// Pure but for what it is given; owner: the SIP thread.  Knows RFC 3261's message forms and timers
// but takes no decision about calls: caller.h, callee.h and in_dialog.h do.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "tools/call_load/deadlines.h"
#include "tools/call_load/leg.h"
#include "tools/call_load/sip_message.h"
#include "tools/call_load/sip_port.h"

namespace pbx::call_load {

// The timers of a leg; a Deadlines key is kTimers * leg index + timer.
enum class Timer : std::uint8_t { kInvite, kRequest, kAnswer, kPhase };
inline constexpr std::uint32_t kTimers = 4;

inline constexpr std::string_view kAllow =
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, NOTIFY\r\n";

// What a response says beyond the lines it repeats.
struct Response {
  int status = 200;
  std::string_view reason = "OK";
  std::string_view headers;  // whole lines
  std::string_view body;     // SDP or nothing
};

class LegIo {
 public:
  LegIo(SipPort& port, Deadlines& timers, Authenticator& logins, SipCounters& counters,
        std::uint32_t run)
      : port_(port), timers_(timers), logins_(logins), counters_(counters), run_(run) {}

  void set_timer(const Leg& leg, Timer timer, core::Instant when);
  void clear_timer(const Leg& leg, Timer timer);
  void clear_timers(const Leg& leg);

  // Sends `method` with the headers and body that the caller put into leg.invite (INVITE) or
  // leg.request (all others).
  void request(core::Instant now, Leg& leg, Method method);
  // Sends the request again with credentials for the challenge of `response`.
  // False: the challenge cannot be answered (again).
  bool login(core::Instant now, Leg& leg, Request& request, const SipMessage& response);
  // CANCEL for the INVITE under way (RFC 3261 9.1).
  void cancel(core::Instant now, Leg& leg);
  // ACK for a 2xx (13.2.2.4); kept in leg.ack.
  void ack_success(Leg& leg, std::uint32_t cseq, std::string_view body);
  // ACK for any other final response, also one that came again (17.1.1.3).
  void ack_failure(const Leg& leg, const SipMessage& response);

  // Responds to the INVITE of leg.answer_head.  With `is_repeated` until ACK or PRACK.
  void answer(core::Instant now, Leg& leg, const Response& response, bool is_repeated);
  // Responds to another request within the dialog and remembers the response.
  void respond(Leg& leg, const SipMessage& request, const Incoming& from, const Response& response);
  // Responds to a request that belongs to no leg.
  void respond_outside(const SipMessage& request, const Incoming& from, const Response& response);

  // What a timer of the leg repeats.  False: given up.
  bool repeat(core::Instant now, Leg& leg, Timer timer);
  void repeat_answer(const Leg& leg);
  void repeat_response(const Leg& leg, const Incoming& from);
  void repeat_ack(const Leg& leg);

  // "<header value>;tag=<our token>" for this leg.
  void append_tag(std::string& out, const Leg& leg) const;
  // The lines that all responses to `request` repeat; `tag_of` gives the To tag if there is none.
  void append_head(std::string& out, const SipMessage& request, const Leg* tag_of) const;
  // Takes over target and routes from a message of the other side (RFC 3261 12.1).
  static void learn_route(Leg& leg, const SipMessage& message);

 private:
  void send(const Leg& leg, const core::SocketAddress& to, std::string_view bytes);
  void send_new(core::Instant now, Leg& leg, Request& request, std::string_view login_line);
  // `branch_end` keeps the ACK of a 2xx apart from its INVITE, which has the same CSeq number.
  void append_request_head(std::string& out, const Leg& leg, Method method, std::uint32_t cseq,
                           std::string_view branch_end = "") const;
  void append_contact(std::string& out, const Leg& leg) const;

  SipPort& port_;
  Deadlines& timers_;
  Authenticator& logins_;
  SipCounters& counters_;
  std::uint32_t run_;
  std::string scratch_;
};

}  // namespace pbx::call_load
