// CPU of the SIP side alone: two-legged calls without media, and registrations with digest.
//
// The exchange is one Stack with a control that only passes signals on; the telephones are a child
// process, so that getrusage(RUSAGE_SELF) is the exchange.  Every call is INVITE, 401, ACK, INVITE
// with password, 100, 180, 200, ACK, BYE, 200 on one side and INVITE, 180, 200, ACK, BYE, 200 on
// the other.  Usage: sip_call_bench [calls] [in flight] [registrations]
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "core/base/clock.h"
#include "sip/stack.h"
#include "tests/support/sip_peer.h"

namespace {

using namespace pbx;

constexpr int kAccounts = 1000;

std::shared_ptr<config::Config> bench_config() {
  auto config = std::make_shared<config::Config>();
  config::Profile profile;
  profile.name = "phones";
  profile.realm = "strowger";
  profile.listen = {{config::Transport::kUdp, {*core::parse_ip("127.0.0.1"), 0}}};
  profile.guard.trusted = {*core::parse_ip_prefix("127.0.0.0/8")};
  config->profiles["phones"] = profile;
  config->server.limits.calls_max = 100'000;
  for (int n = 0; n < kAccounts; ++n) {
    config::Extension extension;
    extension.id = extension.number = extension.caller_id = fmt::format("{}", 1000 + n);
    extension.credentials.kind = config::PasswordKind::kPlain;
    extension.credentials.password = config::Secret("secret");
    config->extensions[extension.number] = extension;
  }
  return config;
}

// Joins each incoming leg with one towards `called`.
class PassOn final : public sip::EventSink {
 public:
  sip::Stack* stack = nullptr;
  core::SocketAddress called;

  void on_event(call::Event event) noexcept override {
    std::visit([this](const auto& plain) { on(plain); }, event);
  }

 private:
  void on(const call::LegIncoming& incoming) {
    call::SipInvite invite;
    invite.leg = core::LegId{next_++};
    other_[invite.leg] = incoming.leg;
    other_[incoming.leg] = invite.leg;
    invite.target_uri = fmt::format("sip:b@{}", called.text());
    invite.next_hop = called;
    invite.from = incoming.caller;
    invite.to = {incoming.dialed, ""};
    invite.offer = *incoming.offer;
    stack->post(invite);
  }
  void on(const call::LegProgress& progress) {
    stack->post(call::SipProgress{other_[progress.leg], progress.status, {}});
  }
  void on(const call::LegAnswered& answered) {
    stack->post(call::SipAnswer{other_[answered.leg], answered.answer});
  }
  void on(const call::LegEnded& ended) {
    const auto found = other_.find(ended.leg);
    if (found == other_.end()) return;
    stack->post(call::SipEnd{found->second, ended.cause, {}});
    other_.erase(found->second);
    other_.erase(ended.leg);
  }
  template <typename Other>
  void on(const Other&) {}

  std::unordered_map<core::LegId, core::LegId> other_;
  std::uint64_t next_ = std::uint64_t{1} << 60;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// --- the telephones, in the child ---

// Answers whatever the exchange asks of the called side.
void serve(test::SipPeer& callee, const test::SipText& message) {
  if (!message.is_request() || message.method() == "ACK") return;
  const std::string contact = fmt::format("Contact: <sip:b@{}>\r\n", callee.host_port());
  if (message.method() == "INVITE") {
    callee.reply(message, 180, "b", contact);
    callee.reply(message, 200, "b", contact, test::sdp_text(callee.local()));
  } else {
    callee.reply(message, 200, "b");
  }
}

class Caller {
 public:
  Caller(const core::SocketAddress& server) : peer_(test::SipPeer::Kind::kUdp, server) {}
  test::SipPeer& peer() { return peer_; }
  [[nodiscard]] int done() const { return done_; }

  void start(int n) {
    Call& call = calls_[fmt::format("call{}", n)];
    call.account = fmt::format("{}", 1000 + n % kAccounts);
    send("INVITE", fmt::format("call{}", n), call, 1, uri(), "", test::sdp_text(peer_.local()));
  }

  void handle(const test::SipText& message) {
    const std::string id = message.header("Call-ID");
    const auto found = calls_.find(id);
    if (found == calls_.end() || message.is_request() || message.status() < 200) return;
    Call& call = found->second;
    call.to_tag = message.to_tag();
    if (message.status() == 401) {
      send("ACK", id, call, 1, uri(), "", "");
      call.to_tag.clear();
      send("INVITE", id, call, 2, uri(),
           fmt::format("Authorization: {}\r\n",
                       test::authorize(message.header("WWW-Authenticate"), call.account, "secret",
                                       "INVITE", uri())),
           test::sdp_text(peer_.local()));
    } else if (message.method() == "INVITE") {
      const std::string target = message.contact_uri();
      send("ACK", id, call, 2, target, "", "");
      send("BYE", id, call, 3, target, "", "");
    } else {
      ++done_;
      calls_.erase(found);
    }
  }

 private:
  struct Call {
    std::string account, to_tag;
  };
  [[nodiscard]] std::string uri() const {
    return fmt::format("sip:2000@{}", peer_.server().text());
  }

  void send(std::string_view method, const std::string& id, const Call& call, int cseq,
            std::string_view target, std::string_view headers, std::string_view body) {
    peer_.send(fmt::format(
        "{} {} SIP/2.0\r\nVia: {}\r\nMax-Forwards: 70\r\nFrom: <sip:{}@strowger>;tag=f{}\r\n"
        "To: <sip:2000@strowger>{}\r\nCall-ID: {}\r\nCSeq: {} {}\r\nContact: <sip:{}@{}>\r\n"
        "{}{}Content-Length: {}\r\n\r\n{}",
        method, target, peer_.via(fmt::format("{}{}{}", id, method, cseq)), call.account, id,
        call.to_tag.empty() ? "" : ";tag=" + call.to_tag, id, cseq, method, call.account,
        peer_.host_port(), headers, body.empty() ? "" : "Content-Type: application/sdp\r\n",
        body.size(), body));
  }

  test::SipPeer peer_;
  std::map<std::string, Call> calls_;
  int done_ = 0;
};

int make_calls(const core::SocketAddress& server, test::SipPeer& callee, int calls, int in_flight) {
  Caller caller(server);
  int started = 0;
  while (caller.done() < calls) {
    for (; started < calls && started - caller.done() < in_flight; ++started) caller.start(started);
    bool idle = true;
    while (auto message = caller.peer().receive(std::chrono::milliseconds(0))) {
      caller.handle(*message);
      idle = false;
    }
    while (auto message = callee.receive(std::chrono::milliseconds(0))) {
      serve(callee, *message);
      idle = false;
    }
    if (idle) usleep(200);
  }
  return 0;
}

int make_registrations(const core::SocketAddress& server, int count) {
  test::SipPeer peer(test::SipPeer::Kind::kUdp, server);
  const std::string uri = fmt::format("sip:{}", server.text());
  for (int n = 0; n < count; ++n) {
    const std::string account = fmt::format("{}", 1000 + n % kAccounts);
    const auto ask = [&](int cseq, const std::string& credentials) {
      peer.send(fmt::format(
          "REGISTER {} SIP/2.0\r\nVia: {}\r\nMax-Forwards: 70\r\nFrom: <sip:{}@strowger>;tag=r\r\n"
          "To: <sip:{}@strowger>\r\nCall-ID: reg{}\r\nCSeq: {} REGISTER\r\nContact: <sip:{}@{}>\r\n"
          "Expires: 600\r\n{}Content-Length: 0\r\n\r\n",
          uri, peer.via(fmt::format("r{}x{}", n, cseq)), account, account, n % kAccounts,
          2 * n + cseq, account, peer.host_port(), credentials));
      return peer.expect_final();
    };
    const test::SipText challenge = ask(1, "");
    const test::SipText ok = ask(
        2,
        fmt::format("Authorization: {}\r\n", test::authorize(challenge.header("WWW-Authenticate"),
                                                             account, "secret", "REGISTER", uri)));
    if (ok.status() != 200) return 1;
  }
  return 0;
}

// Runs `phones` in a child and prints what the parent spent.
template <typename Phones>
bool measure(const char* what, int count, Phones&& phones) {
  const double before = cpu_seconds();
  const core::Instant begin = core::monotonic_now();
  const pid_t child = fork();
  if (child == 0) _exit(phones());
  int status = 1;
  waitpid(child, &status, 0);
  const std::chrono::duration<double> wall = core::monotonic_now() - begin;
  fmt::print("{:<42} {:8d} {:10.1f} {:12.3f} {}\n", what, count, count / wall.count(),
             (cpu_seconds() - before) * 1000 / count, status == 0 ? "" : "FAILED");
  return status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 5000;
  const int in_flight = argc > 2 ? std::atoi(argv[2]) : 50;
  const int registrations = argc > 3 ? std::atoi(argv[3]) : 5000;
  PassOn control;
  sip::StackOptions options;
  options.profile = "phones";
  options.config = bench_config();
  sip::Stack stack(options, control);
  control.stack = &stack;
  if (!stack.start()) return 1;
  const core::SocketAddress server = stack.addresses().front().address;
  test::SipPeer callee(test::SipPeer::Kind::kUdp, server);
  control.called = callee.local();
  fmt::print("{:<42} {:>8} {:>10} {:>12}\n", "what", "count", "per second", "cpu ms each");
  bool ok = measure("registration, 401 and password", registrations,
                    [&] { return make_registrations(server, registrations); });
  ok = measure("call of two legs, 401 and password, BYE", calls,
               [&] { return make_calls(server, callee, calls, in_flight); }) &&
       ok;
  return ok ? 0 : 1;
}
