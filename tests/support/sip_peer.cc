#include "tests/support/sip_peer.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include "core/base/text.h"
#include "sip/digest.h"

namespace pbx::test {
namespace {

std::string_view line_at(std::string_view text, std::size_t at) {
  return text.substr(at, text.find("\r\n", at) - at);
}

std::string parameter(const std::string& value, std::string_view name) {
  const std::size_t at = value.find(fmt::format(";{}=", name));
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 2;
  return value.substr(begin, value.find_first_of(";, \r>", begin) - begin);
}

}  // namespace

int SipText::status() const { return is_request() ? 0 : std::atoi(text.c_str() + 8); }

std::string SipText::method() const {
  if (text.empty()) return {};
  if (is_request()) return text.substr(0, text.find(' '));
  const std::string cseq = header("CSeq");
  return cseq.substr(cseq.find(' ') + 1);
}

std::string SipText::request_uri() const {
  const std::size_t first = text.find(' ');
  return text.substr(first + 1, text.find(' ', first + 1) - first - 1);
}

std::vector<std::string> SipText::headers(std::string_view name) const {
  std::vector<std::string> found;
  const std::size_t end = text.find("\r\n\r\n");
  for (std::size_t at = text.find("\r\n"); at < end; at = text.find("\r\n", at + 2)) {
    const std::string_view line = line_at(text, at + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    if (core::equals_nocase(core::trim(line.substr(0, colon)), name))
      found.emplace_back(core::trim(line.substr(colon + 1)));
  }
  return found;
}

std::string SipText::header(std::string_view name) const {
  const auto all = headers(name);
  return all.empty() ? std::string() : all.front();
}

std::string SipText::body() const {
  const std::size_t end = text.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : text.substr(end + 4);
}

std::string SipText::to_tag() const { return parameter(header("To"), "tag"); }
std::string SipText::from_tag() const { return parameter(header("From"), "tag"); }
std::string SipText::branch() const { return parameter(header("Via"), "branch"); }

std::string SipText::contact_uri() const {
  const std::string contact = header("Contact");
  const std::size_t open = contact.find('<');
  return contact.substr(open + 1, contact.find('>') - open - 1);
}

SipPeer::SipPeer(Kind kind, const core::SocketAddress& server, std::string ip)
    : kind_(kind), server_(server) {
  sockaddr_storage storage{};
  const core::SocketAddress any{*core::parse_ip(ip), 0};
  socklen_t size = core::to_sockaddr(any, storage);
  fd_.reset(::socket(storage.ss_family, kind == Kind::kUdp ? SOCK_DGRAM : SOCK_STREAM, 0));
  if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0)
    throw std::runtime_error("peer cannot bind");
  if (kind == Kind::kTcp) {
    sockaddr_storage to{};
    const socklen_t length = core::to_sockaddr(server, to);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), length) != 0)
      throw std::runtime_error("peer cannot connect");
  }
  size = sizeof storage;
  ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&storage), &size);
  local_ = core::from_sockaddr(storage);
}

void SipPeer::send(std::string_view text) {
  if (kind_ == Kind::kUdp) return send_to(server_, text);
  static_cast<void>(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL));
}

void SipPeer::send_to(const core::SocketAddress& to, std::string_view text) {
  sockaddr_storage storage{};
  const socklen_t size = core::to_sockaddr(to, storage);
  ::sendto(fd_.get(), text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&storage), size);
}

std::optional<SipText> SipPeer::receive(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (auto whole = take_from_stream()) return whole;
    const auto left = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(
                                   end - std::chrono::steady_clock::now()),
                               std::chrono::milliseconds(0));
    pollfd waiting{fd_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return std::nullopt;
    char buffer[70000];
    const ssize_t size = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    if (size <= 0) {
      if (kind_ == Kind::kTcp) return std::nullopt;  // closed
      continue;
    }
    if (kind_ == Kind::kUdp) return SipText{std::string(buffer, static_cast<std::size_t>(size))};
    stream_.append(buffer, static_cast<std::size_t>(size));
  }
}

std::optional<SipText> SipPeer::take_from_stream() {
  while (stream_.starts_with("\r\n")) stream_.erase(0, 2);
  const std::size_t end = stream_.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const SipText head{stream_.substr(0, end + 4)};
  const std::size_t length =
      static_cast<std::size_t>(std::atoi(head.header("Content-Length").c_str()));
  if (stream_.size() < end + 4 + length) return std::nullopt;
  SipText whole{stream_.substr(0, end + 4 + length)};
  stream_.erase(0, end + 4 + length);
  return whole;
}

SipText SipPeer::expect(std::string_view method, std::chrono::milliseconds limit) {
  while (auto message = receive(limit))
    if (message->is_request() && message->method() == method) return *message;
  return {};
}

SipText SipPeer::expect_status(int status, std::chrono::milliseconds limit) {
  while (auto message = receive(limit))
    if (message->status() == status) return *message;
  return {};
}

SipText SipPeer::expect_final(std::chrono::milliseconds limit) {
  while (auto message = receive(limit))
    if (message->status() >= 200) return *message;
  return {};
}

std::string SipPeer::receive_raw(std::chrono::milliseconds limit) {
  pollfd waiting{fd_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return {};
  char buffer[70000];
  const ssize_t size = ::recv(fd_.get(), buffer, sizeof buffer, 0);
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
}

bool SipPeer::is_silent(std::chrono::milliseconds time) { return !receive(time); }

std::string SipPeer::via(std::string_view branch) const {
  return fmt::format("SIP/2.0/{} {};branch=z9hG4bK{};rport", kind_ == Kind::kUdp ? "UDP" : "TCP",
                     host_port(), branch);
}

void SipPeer::reply(const SipText& request, int status, std::string_view to_tag,
                    std::string_view headers, std::string_view body) {
  std::string text = fmt::format("SIP/2.0 {} X\r\n", status);
  for (const std::string& via : request.headers("Via")) text += fmt::format("Via: {}\r\n", via);
  for (const std::string& route : request.headers("Record-Route"))
    text += fmt::format("Record-Route: {}\r\n", route);
  std::string to = request.header("To");
  if (!to_tag.empty() && status > 100 && request.to_tag().empty())
    to += fmt::format(";tag={}", to_tag);
  text += fmt::format("From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {}\r\n{}Content-Length: {}\r\n",
                      request.header("From"), to, request.header("Call-ID"), request.header("CSeq"),
                      headers, body.size());
  if (!body.empty()) text += "Content-Type: application/sdp\r\n";
  text += "\r\n";
  text += body;
  send(text);
}

std::string authorize(std::string_view challenge, std::string_view user, std::string_view password,
                      std::string_view method, std::string_view uri, unsigned count) {
  const auto read = sip::parse_challenge(challenge);
  if (!read) return {};
  sip::Hasher hasher;
  sip::DigestClient client{std::string(user), {std::string(password), {}, {}}, "cnonce", count};
  const auto answer = sip::answer_challenge(hasher, *read, {method, uri, {}}, client);
  return answer ? answer->header() : std::string();
}

std::string sdp_text(const core::SocketAddress& rtp, std::string_view formats,
                     std::string_view direction, unsigned version) {
  const char* family = rtp.ip.family == core::IpFamily::kV6 ? "IP6" : "IP4";
  return fmt::format(
      "v=0\r\no=- 77 {} IN {} {}\r\ns=-\r\nc=IN {} {}\r\nt=0 0\r\nm=audio {} RTP/AVP "
      "{}\r\na={}\r\n",
      version, family, rtp.ip.text(), family, rtp.ip.text(), rtp.port, formats, direction);
}

}  // namespace pbx::test
