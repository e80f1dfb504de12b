#include "tools/call_load/leg_io.h"

#include <vector>

#include "tools/call_load/append.h"
#include "tools/call_load/token.h"

namespace pbx::call_load {
namespace {

Deadlines::Key key_of(const Leg& leg, Timer timer) {
  return leg.index * kTimers + static_cast<std::uint32_t>(timer);
}

void append_body(std::string& out, std::string_view body) {
  if (!body.empty()) append(out, "Content-Type: application/sdp\r\n");
  append(out, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

void append_start(std::string& out, const Response& response) {
  append(out, "SIP/2.0 ", static_cast<unsigned>(response.status), ' ', response.reason, "\r\n");
}

bool is_dialog_forming(Method method) {
  return method == Method::kInvite || method == Method::kUpdate;
}

}  // namespace

void LegIo::set_timer(const Leg& leg, Timer timer, core::Instant when) {
  timers_.set(key_of(leg, timer), when);
}
void LegIo::clear_timer(const Leg& leg, Timer timer) { timers_.clear(key_of(leg, timer)); }
void LegIo::clear_timers(const Leg& leg) {
  for (std::uint32_t i = 0; i < kTimers; ++i) clear_timer(leg, static_cast<Timer>(i));
}

void LegIo::send(const Leg& leg, const core::SocketAddress& to, std::string_view bytes) {
  port_.send(leg.phone->socket, to, bytes);
}

void LegIo::append_tag(std::string& out, const Leg& leg) const {
  append(out, ";tag=");
  append_token(out, run_, {Token::Kind::kLeg, leg.index, leg.serial, 0});
}

void LegIo::append_contact(std::string& out, const Leg& leg) const {
  append(out, "Contact: <sip:", leg.phone->number, '@', port_.local_text(leg.phone->socket),
         ">\r\n");
}

void LegIo::append_request_head(std::string& out, const Leg& leg, Method method, std::uint32_t cseq,
                                std::string_view branch_end) const {
  append(out, to_text(method), ' ', leg.target, " SIP/2.0\r\nVia: SIP/2.0/UDP ",
         port_.local_text(leg.phone->socket), ";rport;branch=", kBranchPrefix);
  append_token(out, run_, {Token::Kind::kLeg, leg.index, leg.serial, cseq});
  append(out, branch_end, "\r\n", leg.routes, "Max-Forwards: 70\r\nFrom: ", leg.local,
         "\r\nTo: ", leg.remote, "\r\nCall-ID: ", leg.call_id, "\r\nCSeq: ", cseq, ' ',
         to_text(method), "\r\n");
}

void LegIo::send_new(core::Instant now, Leg& leg, Request& request, std::string_view login_line) {
  request.cseq = ++leg.cseq;
  request.bytes.clear();
  append_request_head(request.bytes, leg, request.method, request.cseq);
  if (is_dialog_forming(request.method)) {
    append_contact(request.bytes, leg);
    append(request.bytes, kAllow);
  }
  append(request.bytes, login_line, request.headers);
  append_body(request.bytes, request.body);
  send(leg, leg.peer, request.bytes);
  const Timer timer = request.method == Method::kInvite ? Timer::kInvite : Timer::kRequest;
  set_timer(leg, timer, request.open(now));
}

void LegIo::request(core::Instant now, Leg& leg, Method method) {
  Request& request = method == Method::kInvite ? leg.invite : leg.request;
  request.method = method;
  request.logins = 0;
  const std::string login_line = logins_.preempt(*leg.phone, {method, leg.target});
  send_new(now, leg, request, login_line);
}

bool LegIo::login(core::Instant now, Leg& leg, Request& request, const SipMessage& response) {
  const auto line =
      logins_.answer(*leg.phone, response, {request.method, leg.target}, request.logins);
  if (!line) return false;
  ++request.logins;
  send_new(now, leg, request, *line);
  return true;
}

void LegIo::cancel(core::Instant now, Leg& leg) {
  Request& request = leg.request;
  request.method = Method::kCancel;
  request.logins = 0;
  request.cseq = leg.invite.cseq;
  request.bytes.clear();
  append_request_head(request.bytes, leg, Method::kCancel, request.cseq);
  append_body(request.bytes, "");
  send(leg, leg.peer, request.bytes);
  set_timer(leg, Timer::kRequest, request.open(now));
}

void LegIo::ack_success(Leg& leg, std::uint32_t cseq, std::string_view body) {
  leg.ack_cseq = cseq;
  leg.ack.clear();
  append_request_head(leg.ack, leg, Method::kAck, cseq, "a");
  append_body(leg.ack, body);
  send(leg, leg.peer, leg.ack);
}

void LegIo::ack_failure(const Leg& leg, const SipMessage& response) {
  scratch_.clear();
  append(scratch_, "ACK ", leg.target, " SIP/2.0\r\nVia: SIP/2.0/UDP ",
         port_.local_text(leg.phone->socket), ";rport;branch=", response.branch(), "\r\n",
         leg.routes, "Max-Forwards: 70\r\nFrom: ", response[Header::kFrom],
         "\r\nTo: ", response[Header::kTo], "\r\nCall-ID: ", leg.call_id,
         "\r\nCSeq: ", response.cseq, " ACK\r\n");
  append_body(scratch_, "");
  send(leg, leg.peer, scratch_);
}

void LegIo::answer(core::Instant now, Leg& leg, const Response& response, bool is_repeated) {
  Exchange& answer = leg.answer;
  answer.bytes.clear();
  append_start(answer.bytes, response);
  append(answer.bytes, leg.answer_head);
  append_contact(answer.bytes, leg);
  append(answer.bytes, kAllow, response.headers);
  append_body(answer.bytes, response.body);
  send(leg, leg.reply_to, answer.bytes);
  answer.method = Method::kOther;  // repeated as a response is: doubling up to T2
  if (is_repeated)
    set_timer(leg, Timer::kAnswer, answer.open(now));
  else
    answer.close();
}

void LegIo::respond(Leg& leg, const SipMessage& request, const Incoming& from,
                    const Response& response) {
  leg.response_cseq = request.cseq;
  leg.response.clear();
  append_start(leg.response, response);
  append_head(leg.response, request, &leg);
  if (is_dialog_forming(request.method)) append_contact(leg.response, leg);
  append(leg.response, response.headers);
  append_body(leg.response, response.body);
  port_.send(from.socket, from.from, leg.response);
}

void LegIo::respond_outside(const SipMessage& request, const Incoming& from,
                            const Response& response) {
  scratch_.clear();
  append_start(scratch_, response);
  append_head(scratch_, request, nullptr);
  append(scratch_, kAllow, response.headers);
  append_body(scratch_, response.body);
  port_.send(from.socket, from.from, scratch_);
}

bool LegIo::repeat(core::Instant now, Leg& leg, Timer timer) {
  Exchange& exchange = timer == Timer::kInvite    ? leg.invite
                       : timer == Timer::kRequest ? static_cast<Exchange&>(leg.request)
                                                  : leg.answer;
  if (!exchange.is_open) return true;
  const auto next = exchange.repeat(now);
  if (!next) return false;
  ++counters_.repeated;
  send(leg, timer == Timer::kAnswer ? leg.reply_to : leg.peer, exchange.bytes);
  set_timer(leg, timer, *next);
  return true;
}

void LegIo::repeat_answer(const Leg& leg) {
  ++counters_.repeats_received;
  ++counters_.repeated;
  send(leg, leg.reply_to, leg.answer.bytes);
}

void LegIo::repeat_response(const Leg& leg, const Incoming& from) {
  ++counters_.repeats_received;
  ++counters_.repeated;
  port_.send(from.socket, from.from, leg.response);
}

void LegIo::repeat_ack(const Leg& leg) {
  ++counters_.repeats_received;
  ++counters_.repeated;
  send(leg, leg.peer, leg.ack);
}

void LegIo::append_head(std::string& out, const SipMessage& request, const Leg* tag_of) const {
  for (const std::string_view via : request.via.values()) append(out, "Via: ", via, "\r\n");
  for (const std::string_view route : request.record_route.values())
    append(out, "Record-Route: ", route, "\r\n");
  append(out, "From: ", request[Header::kFrom], "\r\nTo: ", request[Header::kTo]);
  if (request.to_tag().empty() && tag_of != nullptr) append_tag(out, *tag_of);
  if (request.to_tag().empty() && tag_of == nullptr) append(out, ";tag=", Hex{run_}, "-none");
  append(out, "\r\nCall-ID: ", request[Header::kCallId], "\r\nCSeq: ", request[Header::kCseq],
         "\r\n");
}

void LegIo::learn_route(Leg& leg, const SipMessage& message) {
  const std::string_view contact = uri_of(message[Header::kContact]);
  if (!contact.empty()) leg.target = contact;
  std::vector<std::string_view> routes;
  for (std::string_view list : message.record_route.values())
    while (const auto route = take_value(list)) routes.push_back(*route);
  // The caller sees the route from its far end (12.1.2), the callee from its near end (12.1.1).
  if (leg.side == Side::kCaller) std::reverse(routes.begin(), routes.end());
  leg.routes.clear();
  for (const std::string_view route : routes) append(leg.routes, "Route: ", route, "\r\n");
  const auto next = address_of(routes.empty() ? std::string_view(leg.target) : uri_of(routes[0]));
  if (next) leg.peer = *next;
}

}  // namespace pbx::call_load
