// tests/sip/stack_fixture.h — a live Stack on loopback, a control that only writes down what it is
// told, and telephones that know their password.

#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/config/config.h"
#include "sip/stack.h"
#include "tests/support/sip_peer.h"
#include "tests/support/tls_peer.h"

namespace pbx::test {

using namespace std::chrono_literals;

class Events final : public sip::EventSink {
 public:
  void on_event(call::Event event) noexcept override;
  void on_binding(const call::BindingChanged& change) noexcept override;
  [[nodiscard]] bool is_busy() const noexcept override { return busy; }

  // The next event of that type; others before it are dropped.  Fails the test after the limit.
  template <typename T>
  T wait(std::chrono::milliseconds limit = 3000ms) {
    std::unique_lock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
      while (!events_.empty()) {
        call::Event event = std::move(events_.front());
        events_.pop_front();
        if (T* wanted = std::get_if<T>(&event)) return std::move(*wanted);
      }
      if (arrived_.wait_until(lock, end) == std::cv_status::timeout && events_.empty()) break;
    }
    FAIL("the event never came");
    return {};
  }
  // True if no event of that type comes in `time`.
  template <typename T>
  bool none(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + time;
    for (;;) {
      while (!events_.empty()) {
        const bool found = std::holds_alternative<T>(events_.front());
        events_.pop_front();
        if (found) return false;
      }
      if (arrived_.wait_until(lock, end) == std::cv_status::timeout && events_.empty()) return true;
    }
  }
  [[nodiscard]] std::vector<call::BindingChanged> bindings();

  std::atomic<bool> busy = false;

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<call::Event> events_;
  std::vector<call::BindingChanged> bindings_;
};

inline constexpr std::string_view kPassword = "secret";

// Extensions 101 and 102, a profile "phones" on loopback UDP and TCP.
[[nodiscard]] std::shared_ptr<config::Config> test_config();
// The same with TLS on a port of loopback; `files` must outlive the exchange's start.
[[nodiscard]] std::shared_ptr<config::Config> tls_config(const TlsFiles& files);

struct Exchange {
  explicit Exchange(std::shared_ptr<const config::Config> config = test_config());
  ~Exchange() { stack.stop(std::chrono::milliseconds(50)); }
  [[nodiscard]] core::SocketAddress address(
      call::Transport transport = call::Transport::kUdp) const;
  void advance(std::chrono::milliseconds by);  // SIP time jumps
  void settle();                               // waits until all that was posted is done
  [[nodiscard]] sip::SipCounters counters();   // as of now

  Events events;
  sip::Stack stack;
};

// Asks again and again for at most 2 s.
[[nodiscard]] bool comes_true(const std::function<bool()>& what);

// The audio that the exchange would offer or answer.
[[nodiscard]] call::AudioDescription audio(std::uint16_t port = 20000,
                                           call::Codec codec = call::Codec::kPcmu);

// A telephone: one peer with an account.
class Phone {
 public:
  Phone(const Exchange& exchange, std::string number, SipPeer::Kind kind = SipPeer::Kind::kUdp,
        std::string ip = "127.0.0.1");

  struct Invite {
    std::string to = "102";
    std::string headers;  // more of them, each with CRLF
    std::string body;     // "" : a delayed offer
    std::string uri;      // "": sip:to@server
  };
  // Sends an INVITE and answers the challenge.  What follows is for expect…().
  void invite(const Invite& call);
  [[nodiscard]] std::string offer() const { return sdp_text({local_ip(), 30000}); }
  // A request of the dialog that `response` (to our INVITE) or the last INVITE made.
  void send_in_dialog(std::string_view method, std::string_view headers = {},
                      std::string_view body = {}, unsigned cseq = 0);
  void ack(std::string_view body = {});
  void sync();  // what was sent before, such as an ACK, has been read when this returns
  void cancel(std::string_view headers = {});
  // Remembers the dialog of a response to our INVITE.
  void learn(const SipText& response);
  // Remembers the dialog of their INVITE, which we answer with `tag`.
  void learn_incoming(const SipText& invite, std::string tag = "peertag");
  SipText register_contact(std::string_view headers = {}, unsigned expires = 600);
  [[nodiscard]] core::IpAddress local_ip() const { return peer.local().ip; }
  [[nodiscard]] std::string contact() const;
  // Answers with 200 and SDP.
  void answer(const SipText& invite, std::string_view tag = "peertag",
              std::string_view headers = {});

  SipPeer peer;
  std::string number;
  std::string domain = "strowger";  // the host of its address
  std::string username;             // of its credentials; "": the number
  std::string password{kPassword};
  std::string call_id, local_tag, remote_tag, target, branch;
  std::string from, to;  // without tags
  unsigned cseq = 0;
  unsigned invite_cseq = 0;
  std::string contact_override;  // "": where it really is
  std::string invite_uri;

 private:
  std::string request(std::string_view method, std::string_view uri, unsigned seq,
                      std::string_view request_branch, std::string_view headers,
                      std::string_view body) const;
  std::string new_branch();
  unsigned branches_ = 0;
};

// 101 calls and the exchange answers: both know the dialog.
core::LegId answered_call(Exchange& exchange, Phone& phone);
// The exchange calls the telephone, which answers.
core::LegId answered_call_to(Exchange& exchange, Phone& phone);
[[nodiscard]] call::SipInvite invite_to(const Exchange& exchange, const Phone& phone,
                                        std::uint64_t leg = 1000);

}  // namespace pbx::test
