#include "tools/call_load/media_link.h"

namespace pbx::call_load {

core::Result<> MediaLink::start() {
  if (options_.rtp) return sockets_.open_shared();
  const auto socket = sockets_.lend(now_);
  if (!socket) return core::forward_error(socket);
  silent_socket_ = *socket;
  return {};
}

core::Result<core::SocketAddress> MediaLink::open(const MediaLeg& leg) {
  if (leg.index >= lent_.size()) lent_.resize(leg.index + 1);
  const auto socket =
      options_.rtp ? sockets_.lend(now_) : core::Result<std::uint32_t>(silent_socket_);
  if (!socket) return core::forward_error(socket);
  lent_[leg.index] = {leg, *socket, true};
  const RtpSocket& lent = sockets_[*socket];
  MediaCommand open;
  open.kind = MediaCommand::Kind::kOpen;
  open.leg = leg;
  open.fd = lent.fd.get();
  if (options_.rtp) commands_.push(open);
  return options_.relay ? relay_address(leg.index) : lent.address;
}

core::SocketAddress MediaLink::relay_address(std::uint32_t leg) const {
  return {options_.relay.ip, static_cast<std::uint16_t>(options_.relay.port + 2 * leg)};
}

void MediaLink::connect(std::uint32_t leg, const core::SocketAddress& remote, Codec codec) {
  if (!options_.rtp || !lent_[leg].is_open) return;
  MediaCommand connect;
  connect.kind = MediaCommand::Kind::kConnect;
  connect.leg = lent_[leg].leg;
  connect.remote = remote;
  connect.codec = codec;
  commands_.push(connect);
}

void MediaLink::command(MediaCommand::Kind kind, std::uint32_t leg) {
  if (!options_.rtp || !lent_[leg].is_open) return;
  MediaCommand command;
  command.kind = kind;
  command.leg = lent_[leg].leg;
  commands_.push(command);
}

void MediaLink::start(std::uint32_t leg) { command(MediaCommand::Kind::kStart, leg); }
void MediaLink::pause(std::uint32_t leg) { command(MediaCommand::Kind::kPause, leg); }

void MediaLink::close(std::uint32_t leg) {
  if (!lent_[leg].is_open) return;
  command(MediaCommand::Kind::kClose, leg);
  lent_[leg].is_open = false;
  if (options_.rtp) return;
  MediaReport report;
  report.leg = lent_[leg].leg;
  reports_.push(report);
}

std::optional<MediaReport> MediaLink::poll() {
  commands_.flush();
  const auto report = reports_.pop();
  if (report && options_.rtp) sockets_.give_back(lent_[report->leg.index].socket, now_);
  return report;
}

}  // namespace pbx::call_load
