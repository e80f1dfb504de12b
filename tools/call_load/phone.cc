#include "tools/call_load/phone.h"

#include "tools/call_load/append.h"

namespace pbx::call_load {

unsigned Phonebook::sockets(const Options& options) { return 2 * options.sip_sockets; }

Phonebook::Phonebook(const Options& options) {
  const auto add = [&](const std::string& number, unsigned first_socket) {
    Phone phone;
    phone.index = static_cast<std::uint32_t>(phones_.size());
    phone.number = number;
    const auto known = options.passwords.find(number);
    phone.password = known == options.passwords.end() ? options.password : known->second;
    phone.socket = first_socket + phone.index % options.sip_sockets;
    phones_.push_back(std::move(phone));
  };
  for (const std::string& number : options.callers) add(number, 0);
  callers_ = static_cast<std::uint32_t>(phones_.size());
  for (const std::string& number : options.callees) {
    callee_by_number_.emplace(number, static_cast<std::uint32_t>(phones_.size()));
    add(number, options.sip_sockets);
  }
}

Phone* Phonebook::find_callee(std::string_view number) {
  const auto found = callee_by_number_.find(number);
  return found == callee_by_number_.end() ? nullptr : &phones_[found->second];
}

core::Result<std::string> Authenticator::answer(Phone& phone, const SipMessage& response,
                                                const Target& target, std::uint8_t logins) {
  const auto challenge = choose_challenge(response.challenges.values());
  if (!challenge) return core::forward_error(challenge);
  // A second challenge after an answer means a wrong password, unless only the nonce was too old.
  if (logins >= kLoginsMax || (logins > 0 && !challenge->is_stale))
    return core::fail(core::ErrorCode::kInvalidArgument, "credentials refused");
  phone.nonce_count = 0;
  phone.is_proxy_challenge = response.status == 407;
  if (reuses_nonce_) {
    for (const std::string_view value : response.challenges.values())
      if (value.find(challenge->nonce) != std::string_view::npos) phone.challenge = value;
  }
  return line(phone, *challenge, target);
}

std::string Authenticator::preempt(Phone& phone, const Target& target) {
  if (phone.challenge.empty()) return "";
  const auto challenge = parse_challenge(phone.challenge);
  return challenge ? line(phone, *challenge, target) : "";
}

std::string Authenticator::line(Phone& phone, const Challenge& challenge, const Target& target) {
  DigestRequest request;
  request.user = phone.number;
  request.password = phone.password;
  request.method = to_text(target.method);
  request.uri = target.uri;
  request.cnonce = cnonce_;
  request.nonce_count = ++phone.nonce_count;
  std::string out = phone.is_proxy_challenge ? "Proxy-Authorization: " : "Authorization: ";
  append(out, digester_.authorization(challenge, request), "\r\n");
  return out;
}

}  // namespace pbx::call_load
