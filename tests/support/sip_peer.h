// tests/support/sip_peer.h — a telephone made of text, for tests: sends SIP as written and waits
// for what comes back.
//
// One thread, blocking with a limit.  Nothing is retransmitted and nothing is answered unasked, so
// that a test says all that happens.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fd.h"
#include "core/base/net.h"

namespace pbx::test {

// A received message.
struct SipText {
  std::string text;

  [[nodiscard]] bool is_request() const { return !text.starts_with("SIP/2.0 "); }
  [[nodiscard]] int status() const;          // 0 for a request
  [[nodiscard]] std::string method() const;  // of the request line, or of CSeq
  [[nodiscard]] std::string request_uri() const;
  // The first header of that name, or "".
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> headers(std::string_view name) const;
  [[nodiscard]] std::string body() const;
  [[nodiscard]] std::string to_tag() const;
  [[nodiscard]] std::string from_tag() const;
  [[nodiscard]] std::string branch() const;
  [[nodiscard]] std::string contact_uri() const;
};

class SipPeer {
 public:
  enum class Kind { kUdp, kTcp };
  // Bound to an address of its own on `ip`; TCP connects at once.
  SipPeer(Kind kind, const core::SocketAddress& server, std::string ip = "127.0.0.1");

  void send(std::string_view text);
  void send_to(const core::SocketAddress& to, std::string_view text);
  // The next message, or nullopt after `limit`.
  std::optional<SipText> receive(std::chrono::milliseconds limit = std::chrono::seconds(3));
  // The next message that is a request of that method or a response of that status or more;
  // others are dropped.  An empty text after `limit`.
  SipText expect(std::string_view method,
                 std::chrono::milliseconds limit = std::chrono::seconds(3));
  SipText expect_status(int status, std::chrono::milliseconds limit = std::chrono::seconds(3));
  // The next final response.
  SipText expect_final(std::chrono::milliseconds limit = std::chrono::seconds(3));
  std::string receive_raw(std::chrono::milliseconds limit);  // whatever comes next
  void set_server(const core::SocketAddress& server) { server_ = server; }
  bool is_silent(std::chrono::milliseconds time);

  [[nodiscard]] const core::SocketAddress& local() const { return local_; }
  [[nodiscard]] std::string host_port() const { return local_.text(); }
  [[nodiscard]] const core::SocketAddress& server() const { return server_; }
  [[nodiscard]] std::string via(std::string_view branch) const;

  // A response to `request`, with its Via, From, To, Call-ID and CSeq.
  void reply(const SipText& request, int status, std::string_view to_tag = "peertag",
             std::string_view headers = {}, std::string_view body = {});

 private:
  std::optional<SipText> take_from_stream();
  Kind kind_;
  core::SocketAddress server_;
  core::SocketAddress local_;
  core::UniqueFd fd_;
  std::string stream_;
};

// Authorization for a challenge, MD5 with qop=auth.
[[nodiscard]] std::string authorize(std::string_view challenge, std::string_view user,
                                    std::string_view password, std::string_view method,
                                    std::string_view uri, unsigned count = 1);

[[nodiscard]] std::string sdp_text(const core::SocketAddress& rtp, std::string_view formats = "0 8",
                                   std::string_view direction = "sendrecv", unsigned version = 1);

}  // namespace pbx::test
