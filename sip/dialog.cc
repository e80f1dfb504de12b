#include "sip/dialog.h"

#include <fmt/format.h>

#include "sip/text.h"

namespace pbx::sip {
namespace {

bool is_loose(std::string_view route) {
  std::string_view uri = uri_of(route);
  for (std::size_t at = uri.find(';'); at != std::string_view::npos; at = uri.find(';')) {
    uri.remove_prefix(at + 1);
    const std::string_view name = uri.substr(0, uri.find_first_of("=;?"));
    if (core::equals_nocase(name, "lr")) return true;
  }
  return false;
}

}  // namespace

bool accept_cseq(Dialog& dialog, std::uint32_t cseq) {
  if (dialog.remote_cseq && cseq <= *dialog.remote_cseq) return false;
  dialog.remote_cseq = cseq;
  return true;
}

RequestRoute route_request(const Dialog& dialog) {
  if (dialog.route_set.empty() || is_loose(dialog.route_set.front()))
    return {dialog.remote_target, dialog.route_set};
  RequestRoute strict{std::string(uri_of(dialog.route_set.front())),
                      {dialog.route_set.begin() + 1, dialog.route_set.end()}};
  strict.routes.push_back(fmt::format("<{}>", dialog.remote_target));
  return strict;
}

HeaderText request_headers(const Dialog& dialog, std::string_view method, std::uint32_t cseq,
                           unsigned max_forwards) {
  HeaderText headers;
  headers.add("From", fmt::format("{};tag={}", dialog.local, dialog.local_tag))
      .add("To", dialog.remote_tag.empty()
                     ? dialog.remote
                     : fmt::format("{};tag={}", dialog.remote, dialog.remote_tag))
      .add("Call-ID", dialog.call_id)
      .add("CSeq", fmt::format("{} {}", cseq, method))
      .add("Max-Forwards", fmt::format("{}", max_forwards));
  for (const std::string& route : route_request(dialog).routes) headers.add("Route", route);
  return headers;
}

std::string_view uri_of(std::string_view name_address) {
  const std::size_t open = name_address.find('<');
  if (open == std::string_view::npos) return name_address.substr(0, name_address.find(';'));
  const std::string_view rest = name_address.substr(open + 1);
  return rest.substr(0, rest.find('>'));
}

std::string hop_uri(const core::SocketAddress& address, call::Transport transport) {
  const std::string_view protocol = transport == call::Transport::kUdp   ? "udp"
                                    : transport == call::Transport::kTcp ? "tcp"
                                                                         : "tls";
  return fmt::format("sip:{};transport={};lr", address.text(), protocol);
}

std::string_view text_of(call::Transport transport) {
  switch (transport) {
    case call::Transport::kTcp:
      return "TCP";
    case call::Transport::kTls:
      return "TLS";
    case call::Transport::kUdp:
      break;
  }
  return "UDP";
}

}  // namespace pbx::sip
