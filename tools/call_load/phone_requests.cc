#include "tools/call_load/phone_requests.h"

#include "tools/call_load/append.h"

namespace pbx::call_load {

PhoneRequests::PhoneRequests(const Parts& parts) : parts_(parts), slots_(parts.phones.size()) {
  append(request_uri_, "sip:", parts.options.domain);
  if (parts.options.server.port != 5060) append(request_uri_, ':', parts.options.server.port);
}

bool PhoneRequests::is_busy(const Phone& phone) const {
  return slots_[phone.index].exchange.is_open;
}

void PhoneRequests::register_phone(core::Instant now, Phone& phone, std::uint32_t expires_s,
                                   bool is_measured) {
  slots_[phone.index].expires_s = expires_s;
  begin(now, phone, Method::kRegister, is_measured);
}

void PhoneRequests::ping(core::Instant now, Phone& phone) {
  begin(now, phone, Method::kOptions, true);
}

void PhoneRequests::begin(core::Instant now, Phone& phone, Method method, bool is_measured) {
  Slot& slot = slots_[phone.index];
  slot.exchange.method = method;
  slot.exchange.logins = 0;
  slot.is_measured = is_measured;
  slot.begun = now;
  ++slot.serial;
  ++active_;
  if (is_measured) ++stats_.attempted;
  send_new(now, phone, slot, parts_.logins.preempt(phone, {method, request_uri_}));
}

void PhoneRequests::send_new(core::Instant now, Phone& phone, Slot& slot,
                             std::string_view login_line) {
  Exchange& exchange = slot.exchange;
  const std::string_view local = parts_.sip.local_text(phone.socket);
  const std::string_view domain = parts_.options.domain;
  const std::string_view method = to_text(exchange.method);
  exchange.cseq = ++slot.cseq;
  std::string& out = exchange.bytes;
  out.clear();
  append(out, method, ' ', request_uri_, " SIP/2.0\r\nVia: SIP/2.0/UDP ", local,
         ";rport;branch=", kBranchPrefix);
  append_token(out, parts_.run, {Token::Kind::kPhone, phone.index, slot.serial, exchange.cseq});
  append(out, "\r\nMax-Forwards: 70\r\nFrom: <sip:", phone.number, '@', domain,
         ">;tag=", Hex{parts_.run}, '.', Hex{phone.index}, "\r\nTo: <sip:", phone.number, '@',
         domain, ">\r\nCall-ID: ", Hex{parts_.run}, "-p", Hex{phone.index}, '@', local,
         "\r\nCSeq: ", exchange.cseq, ' ', method, "\r\nContact: <sip:", phone.number, '@', local,
         ">\r\n");
  if (exchange.method == Method::kRegister) append(out, "Expires: ", slot.expires_s, "\r\n");
  append(out, login_line, "Content-Length: 0\r\n\r\n");
  parts_.sip.send(phone.socket, parts_.options.server, out);
  timers_.set(2 * phone.index, exchange.open(now));
}

void PhoneRequests::on_response(core::Instant now, const SipMessage& response, const Token& token) {
  if (token.index >= slots_.size()) return;
  Phone& phone = parts_.phones[token.index];
  Slot& slot = slots_[token.index];
  Exchange& exchange = slot.exchange;
  if (!exchange.is_open || token.serial != slot.serial || response.cseq != exchange.cseq ||
      response.method != exchange.method) {
    ++parts_.counters.repeats_received;
    return;
  }
  if (response.status < 200) {
    if (const auto next = exchange.proceed(now)) timers_.set(2 * phone.index, *next);
    return;
  }
  if (response.status == 401 || response.status == 407) {
    const Authenticator::Target target{exchange.method, request_uri_};
    const auto line = parts_.logins.answer(phone, response, target, exchange.logins);
    if (!line) return finish(now, phone, slot, "login_refused");
    ++exchange.logins;
    return send_new(now, phone, slot, *line);
  }
  if (response.status >= 300) {
    const bool sheds_load = !response[Header::kRetryAfter].empty();
    return finish(now, phone, slot,
                  "status_" + std::to_string(response.status) + (sheds_load ? "_retry_after" : ""));
  }
  if (exchange.method == Method::kRegister) on_registered(now, phone, slot, response);
  finish(now, phone, slot, "");
}

void PhoneRequests::on_registered(core::Instant now, Phone& phone, Slot& slot,
                                  const SipMessage& response) {
  phone.is_registered = slot.expires_s != 0;
  if (!phone.is_registered || !is_refreshing_) return timers_.clear(2 * phone.index + 1);
  // Contacts of other phones may be listed too; the shortest time any of them names is safe.
  std::uint32_t granted_s = slot.expires_s;
  std::string_view contacts = response[Header::kContact];
  while (const auto contact = take_value(contacts)) {
    const auto expires = core::parse_uint<std::uint32_t>(
        header_param(*contact, "expires").value_or(response[Header::kExpires]));
    if (expires && *expires > 0) granted_s = std::min(granted_s, *expires);
  }
  timers_.set(2 * phone.index + 1, now + std::chrono::milliseconds(500) * granted_s);
}

void PhoneRequests::finish(core::Instant now, Phone& phone, Slot& slot,
                           const std::string& failure) {
  slot.exchange.close();
  timers_.clear(2 * phone.index);
  --active_;
  if (!failure.empty() && slot.exchange.method == Method::kRegister) phone.is_registered = false;
  if (!slot.is_measured) return;
  if (failure.empty()) {
    ++stats_.ok;
    stats_.time.record(static_cast<std::uint64_t>((now - slot.begun).count()));
  } else {
    ++stats_.failed;
    ++stats_.failures[failure];
  }
}

void PhoneRequests::on_time(core::Instant now) {
  while (const auto key = timers_.pop_due(now)) {
    Phone& phone = parts_.phones[*key / 2];
    Slot& slot = slots_[phone.index];
    if (*key % 2 == 1) {
      if (!slot.exchange.is_open && is_refreshing_)
        register_phone(now, phone, slot.expires_s, false);
      continue;
    }
    if (!slot.exchange.is_open) continue;
    const auto next = slot.exchange.repeat(now);
    if (!next) {
      finish(now, phone, slot, "timeout");
      continue;
    }
    ++parts_.counters.repeated;
    parts_.sip.send(phone.socket, parts_.options.server, slot.exchange.bytes);
    timers_.set(*key, *next);
  }
}

void PhoneRequests::stop_refreshing() { is_refreshing_ = false; }

}  // namespace pbx::call_load
