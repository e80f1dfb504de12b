// sip/message_service.h — MESSAGE between extensions (RFC 3428), both ways.
//
// SIP thread.  Owns the transactions that wait: theirs for control's word, ours for their answer.

#pragma once

#include <map>
#include <string>

#include "sip/context.h"

namespace pbx::sip {

inline constexpr std::size_t kMessagesWaitingMax = 1000;  // more: 503, or MessageSent with 503

class MessageService {
 public:
  void receive(Context& context, Request&& request, const config::Extension& from);
  void reply(Context& context, const call::SipMessageReply& command);
  void send(Context& context, const call::SipMessage& command);
  void on_response(Context& context, core::RequestId request, const sip_t* sip);
  // What control leaves unanswered is answered with 480.
  void expire(Context& context, core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

 private:
  struct Waiting {
    Incoming transaction;
    core::Instant deadline;
  };
  std::map<core::RequestId, Waiting> received_;  // ids grow with time, and so do the deadlines
  std::map<core::RequestId, Outgoing> sent_;
};

}  // namespace pbx::sip
