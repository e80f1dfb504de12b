#include "tests/sip/stack_fixture.h"

#include <atomic>
#include <future>

#include <fmt/format.h>

#include "sip/sip_time.h"

namespace pbx::test {
namespace {

std::string unique(std::string_view prefix) {
  static std::atomic<unsigned> count = 0;
  return fmt::format("{}{}", prefix, ++count);
}

sip::StackOptions options_of(std::shared_ptr<const config::Config> config) {
  sip::StackOptions options;
  options.profile = "phones";
  options.config = std::move(config);
  return options;
}

config::Extension extension(std::string number, std::string name) {
  config::Extension made;
  made.id = made.number = number;
  made.name = std::move(name);
  made.caller_id = std::move(number);
  made.credentials.kind = config::PasswordKind::kPlain;
  made.credentials.password = config::Secret(std::string(kPassword));
  return made;
}

}  // namespace

void Events::on_event(call::Event event) noexcept {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  arrived_.notify_all();
}

void Events::on_binding(const call::BindingChanged& change) noexcept {
  const std::lock_guard lock(mutex_);
  bindings_.push_back(change);
}

std::vector<call::BindingChanged> Events::bindings() {
  const std::lock_guard lock(mutex_);
  return bindings_;
}

std::shared_ptr<config::Config> test_config() {
  auto config = std::make_shared<config::Config>();
  config::Profile profile;
  profile.name = "phones";
  profile.realm = "strowger";
  const core::SocketAddress loopback{*core::parse_ip("127.0.0.1"), 0};
  profile.listen = {{config::Transport::kUdp, loopback}, {config::Transport::kTcp, loopback}};
  profile.guard.answer_delay = std::chrono::milliseconds(0);
  config->profiles["phones"] = profile;
  config->extensions["101"] = extension("101", "Alice");
  config->extensions["102"] = extension("102", "Bob");
  return config;
}

Exchange::Exchange(std::shared_ptr<const config::Config> config)
    : stack(options_of(std::move(config)), events) {
  const auto started = stack.start();
  REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().detail));
}

core::SocketAddress Exchange::address(call::Transport transport) const {
  for (const sip::ListenedAddress& listened : stack.addresses())
    if (listened.transport == transport) return listened.address;
  return {};
}

void Exchange::advance(std::chrono::milliseconds by) {
  sip::advance_sip_time(by);
  stack.wake();
}

void Exchange::settle() {
  std::promise<void> done;
  stack.trace({}, [&done](const auto&) { done.set_value(); });
  done.get_future().wait_for(3s);
}

sip::SipCounters Exchange::counters() {
  std::this_thread::sleep_for(60ms);
  settle();
  settle();
  return stack.counters();
}

std::shared_ptr<config::Config> tls_config(const TlsFiles& files) {
  auto config = test_config();
  config::Profile& profile = config->profiles["phones"];
  profile.listen.push_back({config::Transport::kTls, {*core::parse_ip("127.0.0.1"), 0}});
  profile.tls.certificate = files.certificate();
  profile.tls.key = files.key();
  return config;
}

bool comes_true(const std::function<bool()>& what) {
  const auto end = std::chrono::steady_clock::now() + 2s;
  while (!what()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

call::AudioDescription audio(std::uint16_t port, call::Codec codec) {
  call::AudioDescription description;
  const core::IpAddress ip = *core::parse_ip("127.0.0.1");
  description.rtp = {ip, port};
  description.rtcp = {ip, static_cast<std::uint16_t>(port + 1)};
  const std::uint8_t type = codec == call::Codec::kPcma ? 8 : 0;
  description.formats = {{codec, type, 8000, ""}};
  return description;
}

Phone::Phone(const Exchange& exchange, std::string own_number, SipPeer::Kind kind, std::string ip)
    : peer(kind,
           exchange.address(kind == SipPeer::Kind::kUdp ? call::Transport::kUdp
                                                        : call::Transport::kTcp),
           std::move(ip)),
      number(std::move(own_number)) {}

std::string Phone::contact() const {
  if (!contact_override.empty()) return contact_override;
  return fmt::format("sip:{}@{}", number, peer.host_port());
}

std::string Phone::new_branch() { return fmt::format("{}x{}", peer.local().port, ++branches_); }

std::string Phone::request(std::string_view method, std::string_view uri, unsigned seq,
                           std::string_view request_branch, std::string_view headers,
                           std::string_view body) const {
  std::string text = fmt::format(
      "{} {} SIP/2.0\r\nVia: {}\r\nMax-Forwards: 70\r\nFrom: {};tag={}\r\nTo: {}{}\r\n"
      "Call-ID: {}\r\nCSeq: {} {}\r\nContact: <{}>\r\nUser-Agent: test\r\n{}Content-Length: {}\r\n",
      method, uri, peer.via(request_branch), from, local_tag, to,
      remote_tag.empty() ? "" : ";tag=" + remote_tag, call_id, seq, method, contact(), headers,
      body.size());
  if (!body.empty() && headers.find("Content-Type") == std::string_view::npos)
    text += "Content-Type: application/sdp\r\n";
  text += "\r\n";
  text += body;
  return text;
}

void Phone::invite(const Invite& call) {
  call_id = unique("call") + "-" + std::to_string(peer.local().port);
  local_tag = unique("tag");
  remote_tag.clear();
  from = fmt::format("\"Phone\" <sip:{}@{}>", number, domain);
  to = fmt::format("<sip:{}@strowger>", call.to);
  invite_uri =
      call.uri.empty() ? fmt::format("sip:{}@{}", call.to, peer.server().text()) : call.uri;
  cseq = 1;
  branch = new_branch();
  peer.send(request("INVITE", invite_uri, cseq, branch, call.headers, call.body));
  const auto challenge = peer.receive();
  REQUIRE(challenge);
  if (challenge->status() != 401) {
    invite_cseq = cseq;
    learn(*challenge);
    return;
  }
  remote_tag = challenge->to_tag();
  peer.send(request("ACK", invite_uri, cseq, branch, {}, {}));
  remote_tag.clear();
  branch = new_branch();
  invite_cseq = ++cseq;
  const std::string credentials =
      fmt::format("Authorization: {}\r\n",
                  authorize(challenge->header("WWW-Authenticate"),
                            username.empty() ? number : username, password, "INVITE", invite_uri));
  peer.send(request("INVITE", invite_uri, cseq, branch, credentials + call.headers, call.body));
}

void Phone::learn(const SipText& response) {
  remote_tag = response.to_tag();
  if (!response.header("Contact").empty()) target = response.contact_uri();
}

void Phone::learn_incoming(const SipText& invite, std::string tag) {
  call_id = invite.header("Call-ID");
  local_tag = std::move(tag);
  remote_tag = invite.from_tag();
  target = invite.contact_uri();
  from = invite.header("To");
  to = invite.header("From").substr(0, invite.header("From").find(";tag="));
  cseq = 100;
}

void Phone::send_in_dialog(std::string_view method, std::string_view headers, std::string_view body,
                           unsigned seq) {
  if (seq == 0) seq = ++cseq;
  if (method == "INVITE") invite_cseq = seq;
  branch = new_branch();
  peer.send(request(method, target, seq, branch, headers, body));
}

void Phone::ack(std::string_view body) {
  peer.send(request("ACK", target, invite_cseq, new_branch(), {}, body));
}

void Phone::sync() {
  send_in_dialog("OPTIONS");
  CHECK(peer.expect_final().status() == 200);
}

void Phone::cancel(std::string_view headers) {
  const std::string tag = std::exchange(remote_tag, {});
  peer.send(request("CANCEL", invite_uri, invite_cseq, branch, headers, {}));
  remote_tag = tag;
}

SipText Phone::register_contact(std::string_view headers, unsigned expires) {
  if (call_id.empty()) call_id = unique("reg");
  if (local_tag.empty()) local_tag = unique("tag");
  from = to = fmt::format("<sip:{}@{}>", number, domain);
  remote_tag.clear();
  const std::string uri = fmt::format("sip:{}", peer.server().text());
  const std::string more = fmt::format("Expires: {}\r\n{}", expires, headers);
  peer.send(request("REGISTER", uri, ++cseq, new_branch(), more, {}));
  const auto challenge = peer.receive();
  REQUIRE(challenge);
  if (challenge->status() != 401) return *challenge;
  const std::string credentials =
      fmt::format("Authorization: {}\r\n",
                  authorize(challenge->header("WWW-Authenticate"),
                            username.empty() ? number : username, password, "REGISTER", uri));
  peer.send(request("REGISTER", uri, ++cseq, new_branch(), credentials + more, {}));
  return peer.expect_final();
}

void Phone::answer(const SipText& invite, std::string_view tag, std::string_view headers) {
  peer.reply(invite, 200, tag, fmt::format("Contact: <{}>\r\n{}", contact(), headers), offer());
  learn_incoming(invite, std::string(tag));
}

core::LegId answered_call(Exchange& exchange, Phone& phone) {
  phone.invite({.to = "102", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  const SipText ok = phone.peer.expect_final();
  REQUIRE(ok.status() == 200);
  phone.learn(ok);
  phone.ack();
  phone.sync();
  return incoming.leg;
}

call::SipInvite invite_to(const Exchange&, const Phone& phone, std::uint64_t leg) {
  call::SipInvite invite;
  invite.leg = core::LegId{leg};
  invite.call = core::CallId{leg};
  invite.target_uri = phone.contact();
  invite.next_hop = phone.peer.local();
  invite.from = {"101", "Alice"};
  invite.to = {phone.number, ""};
  invite.offer = audio();
  invite.extension = phone.number;
  return invite;
}

core::LegId answered_call_to(Exchange& exchange, Phone& phone) {
  const call::SipInvite command = invite_to(exchange, phone);
  exchange.stack.post(command);
  const SipText invite = phone.peer.expect("INVITE");
  REQUIRE_FALSE(invite.text.empty());
  phone.answer(invite);
  REQUIRE_FALSE(phone.peer.expect("ACK").text.empty());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  return command.leg;
}

}  // namespace pbx::test
