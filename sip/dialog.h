// sip/dialog.h — one dialog (RFC 3261 section 12) as plain data, and the rules over it.
//
// Pure.  The texts of the other side are kept as they came, without tags.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"
#include "core/call/binding.h"
#include "sip/header_text.h"

namespace pbx::sip {

struct Dialog {
  std::string call_id;
  std::string local_tag, remote_tag;
  std::string local, remote;           // name-addr: From and To of our requests
  std::string remote_target;           // URI from their Contact
  std::vector<std::string> route_set;  // "<sip:p1.example.com;lr>", in the order of use
  std::uint32_t local_cseq = 0;        // of our last request
  std::optional<std::uint32_t> remote_cseq;
  std::string contact;  // of ours, with its angle brackets
  bool secure = false;  // everything goes over TLS (RFC 3261 12.1.1)

  core::SocketAddress peer;  // where their last request or response came from
  call::Transport transport = call::Transport::kUdp;
  core::SocketAddress local_address;  // of ours, as the peer sees it
};

// RFC 3261 12.2.2: a request must count up.  False: out of order, to be answered with 500.
[[nodiscard]] bool accept_cseq(Dialog& dialog, std::uint32_t cseq);

// Where a request of ours goes (RFC 3261 12.2.1.1), strict routers included.
struct RequestRoute {
  std::string request_uri;
  std::vector<std::string> routes;
};
[[nodiscard]] RequestRoute route_request(const Dialog& dialog);

// From, To, Call-ID, CSeq, Max-Forwards and Route of a request in the dialog.
[[nodiscard]] HeaderText request_headers(const Dialog& dialog, std::string_view method,
                                         std::uint32_t cseq, unsigned max_forwards);

// The URI between the angle brackets, or all of it without header parameters.
[[nodiscard]] std::string_view uri_of(std::string_view name_address);

// "sip:192.0.2.1:5060;transport=tcp;lr": a hop as nta wants it.
[[nodiscard]] std::string hop_uri(const core::SocketAddress& address, call::Transport transport);

[[nodiscard]] std::string_view text_of(call::Transport transport);  // "UDP", "TCP", "TLS"

}  // namespace pbx::sip
